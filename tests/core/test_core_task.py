from core import Experiment, Factor, Plan, Stage


def make(factors, *, uses=("a",), version=1, defaults=None, needs_version=1) -> Experiment:
    return Experiment(
        name="e",
        purpose="",
        plans=[Plan("p", **factors)],
        defaults=defaults or {},
        stages=[
            Stage("first", "toy:nothing", uses=["a"], version=needs_version),
            Stage("second", "toy:nothing", needs=["first"], uses=uses, version=version),
        ],
    )


def ids(experiment: Experiment) -> list[str]:
    maker = experiment.task_maker()
    return [maker.tasks(s)["second"].id for s in experiment.select()]


def test_ids_do_not_change_between_releases():
    """What users have computed must be found again: this golden is a promise."""
    assert ids(make({"a": [1, "x", None, True, 0.5]})) == [
        "92d442b39a1244ae",
        "772687292b468185",
        "6d3e6771a54d36b9",
        "fe1be934a43f81dd",
        "170158b4039c27ed",
    ]


def test_equal_numbers_give_one_id_and_true_another():
    assert ids(make({"a": 1})) == ids(make({"a": 1.0}))
    assert ids(make({"a": 1})) != ids(make({"a": True}))


def test_ids_hold_the_version_the_needs_and_the_used_factors_only():
    base = ids(make({"a": 1, "b": 2}))
    assert base == ids(make({"b": 3, "a": 1}))
    assert base != ids(make({"a": 1, "b": 2}, uses=["a", "b"]))
    assert base != ids(make({"a": 1, "b": 2}, version=2))
    assert base != ids(make({"a": 1, "b": 2}, needs_version=2))


def test_a_factor_added_later_keeps_ids_at_the_value_it_had_before():
    old = ids(make({"a": 1}))
    new = make({"a": 1, "b": Factor([7, 8], before=7)}, uses=["a", "b"])
    assert ids(new)[0] == old[0]
    assert ids(new)[1] != old[0]


def test_changing_a_default_changes_no_id_that_names_its_value():
    before = make({"a": 1, "b": [2, 3]}, uses=["a", "b"], defaults={"c": 1})
    after = make({"a": 1, "b": [2, 3]}, uses=["a", "b"], defaults={"c": 2})
    assert ids(before) == ids(after)


def test_shared_tasks_are_one_task():
    experiment = make({"a": [1, 2], "b": [1, 2, 3]}, uses=["a", "b"])
    tasks = experiment.task_maker().all(experiment.select())
    assert [t.stage.name for t in tasks] == ["first"] * 2 + ["second"] * 6
    assert all(t.needs["first"].id in tasks.by_id for t in tasks if t.needs)


def test_a_stage_with_a_condition_is_there_only_where_it_holds():
    experiment = Experiment(
        name="e",
        purpose="",
        plans=[Plan("p", method=["ce", "scl"])],
        stages=[
            Stage("train", "toy:nothing", uses=["method"]),
            Stage("probe", "toy:nothing", needs=["train"], when={"method": "scl"}),
            Stage("score", "toy:nothing", needs=["train", "probe"]),
        ],
    )
    maker = experiment.task_maker()
    ce, scl = [maker.tasks(s) for s in experiment.select()]
    assert list(ce) == ["train", "score"]
    assert list(scl) == ["train", "probe", "score"]
    assert set(ce["score"].needs) == {"train"}
    assert set(scl["score"].needs) == {"train", "probe"}


def test_a_part_stays_the_same_when_a_version_changes():
    maker, newer = (make({"a": [1, 2]}, needs_version=v).task_maker() for v in (1, 2))
    settings = list(make({"a": [1, 2]}).select())
    old, new = maker.tasks(settings[0])["second"], newer.tasks(settings[0])["second"]
    assert old.id != new.id
    assert old.part == new.part != newer.tasks(settings[1])["second"].part
