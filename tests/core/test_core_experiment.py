import pytest

import toy
from core import Dataset, Experiment, Factor, Metric, Plan, Setting, Stage
from core.errors import PlanError, SelectorError, UnknownName


def make(**changes) -> Experiment:
    given = {
        "name": "e",
        "purpose": "",
        "plans": [Plan("a", method=["ce", "scl"], lr=[0.1, 0.01], flag=True)],
        "stages": [Stage("s", "toy:nothing", uses=["method", "lr"])],
        "defaults": {"epochs": 4},
        "replicates": {"run": range(2)},
    }
    return Experiment(**{**given, **changes})


def test_set_replaces_modalities_for_one_call():
    experiment = make().with_modalities({"lr": ["1e-3", "1e-4"], "method": ["scl"]})
    assert [(s.lr, s.method) for s in experiment.select("run=0")] == [(1e-3, "scl"), (1e-4, "scl")]


@pytest.mark.parametrize(
    ("given", "error", "named"),
    [
        ({"rl": ["1"]}, UnknownName, "did you mean 'lr'"),
        ({"method": ["sc"]}, SelectorError, "did you mean 'scl'"),
        ({"lr": ["small"]}, SelectorError, "'lr' cannot be 'small'"),
        ({"lr": ["True"]}, SelectorError, "'lr' cannot be 'True'"),
        ({"flag": ["False"]}, SelectorError, "'flag' cannot be 'False'"),
    ],
)
def test_set_refuses_what_a_factor_cannot_take(given, error, named):
    with pytest.raises(error) as caught:
        make().with_modalities(given)
    assert named in str(caught.value)


def test_choices_say_what_text_a_factor_may_take():
    experiment = make(choices={"method": ["ce", "scl", "hybrid"]})
    assert (
        next(iter(experiment.with_modalities({"method": ["hybrid"]}).select())).method == "hybrid"
    )
    with pytest.raises(PlanError, match="'method' cannot be ce"):
        make(choices={"method": ["scl"]})


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"stages": [Stage("s", "m:f", needs=["t"])]}, "needs 't'"),
        ({"stages": [Stage("s", "m:f", uses=["lrr"])]}, "did you mean 'lr'"),
        ({"stages": [Stage("s", "m:f"), Stage("s", "m:f")]}, "two stages named 's'"),
        ({"metrics": [Metric("m", "x", lambda r: 0.0)]}, "unknown stage 'x'"),
        ({"plans": [Plan("a", lr=1), Plan("a", lr=2)]}, "two plans named 'a'"),
    ],
)
def test_what_cannot_work_is_refused_when_declared(changes, named):
    with pytest.raises((PlanError, UnknownName)) as caught:
        make(**changes)
    assert named in str(caught.value)


def test_before_must_be_the_same_everywhere():
    plans = [Plan("a", x=Factor(1, before=1)), Plan("b", x=Factor(1, before=2))]
    with pytest.raises(PlanError, match="two values for `before`"):
        make(plans=plans, stages=[]).task_maker()


def test_metrics_are_found_by_name_and_number():
    experiment = toy.experiment()
    assert experiment.metric("1").name == "spread"
    with pytest.raises(UnknownName, match="did you mean 'mean'"):
        experiment.metric("maen")


def test_datasets_are_found_by_name():
    experiment = make(data={"clotho": Dataset("captioned sounds")})
    assert experiment.dataset("clotho").about == "captioned sounds"
    with pytest.raises(UnknownName, match="unknown dataset 'cloto'; did you mean 'clotho'"):
        experiment.dataset("cloto")


def test_a_replicate_factor_belongs_to_the_settings_that_have_it():
    stage = Stage("train", "a:b", uses=["split", "run", "fold"])
    fold = Factor(range(5), when={"split": "folds"})
    made = Experiment(
        "e",
        "compare",
        [Plan("p", split=["official", "folds"])],
        [stage],
        replicates={"run": range(2), "fold": fold},
    )
    whole, folded = (Setting({"split": split}) for split in ("official", "folds"))
    assert made.replicates_of([whole]) == ["run"]
    assert made.replicates_of([whole, folded]) == ["run", "fold"]
    assert len(list(made.select())) == 2 + 2 * 5
