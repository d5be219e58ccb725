from core import Experiment, Factor, Plan, Stage
from core.plan import describe
from core.when import read_when

EITHER = [{"a": 1, "b": "x"}, {"c": [True, None]}]


def test_one_of_the_alternatives_has_to_hold():
    when = read_when(EITHER)
    assert when.holds({"a": 1, "b": "x"})
    assert when.holds({"c": None, "a": 2})
    assert not when.holds({"a": 1, "b": "y"})
    assert not when.holds({"a": True, "b": "x"})
    assert not when.holds({})
    assert list(when) == ["a", "b", "c"]
    assert str(when) == "a=1 and b=x or c=True+None"


def test_without_conditions_it_always_holds():
    for nothing in (None, {}, [], [{}]):
        when = read_when(nothing)
        assert not when
        assert when.holds({})


def test_a_factor_exists_where_an_alternative_holds():
    plan = Plan("p", a=[1, 2], b=["x", "y"], c=Factor([5, 6], when=[{"a": 2}, {"b": "y"}]))
    found = [(s["a"], s["b"], s.get("c")) for s in plan.settings()]
    assert found == [
        (1, "x", None),
        (1, "y", 5),
        (1, "y", 6),
        (2, "x", 5),
        (2, "x", 6),
        (2, "y", 5),
        (2, "y", 6),
    ]
    assert plan.count() == len(found)
    assert describe(plan.factors["c"]) == "5, 6 (when a=2 or b=y)"


def test_a_stage_exists_where_an_alternative_holds():
    experiment = Experiment(
        name="e",
        purpose="",
        plans=[Plan("p", a=[1, 2], b=["x", "y"])],
        stages=[
            Stage("first", "toy:nothing", uses=["a"], when=[{"a": 2}, {"b": "y"}]),
            Stage("second", "toy:nothing", needs=["first"]),
        ],
    )
    maker = experiment.task_maker()
    found = {(s["a"], s["b"]): maker.tasks(s) for s in experiment.select()}
    assert list(found[1, "x"]) == ["second"]
    assert all("first" in found[at] for at in [(1, "y"), (2, "x"), (2, "y")])
    assert found[2, "x"]["first"].id == found[2, "y"]["first"].id
