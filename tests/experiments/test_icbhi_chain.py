"""The demo plan from its first stage to its metrics, small and by the real engine."""

from math import isfinite

import pytest

from core.execute import Machine, execute
from core.store import Store
from plans.icbhi import experiment

SMALLER = {"width": ["0.0625"], "seconds": ["1"], "epochs": ["2"], "probe_epochs": ["2"]}


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    made = experiment.with_modalities({**SMALLER, "run": ["0"], "batch_size": ["64"]})
    store = Store(tmp_path_factory.mktemp("results"), made.name)
    store.prepare([stage.name for stage in made.stages])
    tasks = made.task_maker().all(made.select("demo/"))
    machine = Machine(replicates=frozenset(made.replicates))
    outcomes = {task: execute(task, store, machine) for task in tasks}
    return tasks, store, outcomes


def test_every_task_is_done(chain):
    _, _, outcomes = chain
    assert {str(task): o.error for task, o in outcomes.items() if o.status != "done"} == {}


def test_shared_stages_are_computed_once(chain):
    _, _, outcomes = chain
    names = [task.stage.name for task in outcomes]
    assert {name: names.count(name) for name in names} == {
        "corpus": 1,
        "cycles": 1,
        "encoder": 3,
        "probe": 1,
        "evaluation": 3,
    }


def test_every_method_has_every_metric(chain):
    tasks, store, _ = chain
    for setting, by_stage in tasks.by_setting:
        values = {m.name: m.reduce(store.record(by_stage[m.stage])) for m in experiment.metrics}
        assert all(map(isfinite, values.values())), setting
        assert values["Sc"] == pytest.approx((values["Sp"] + values["Se"]) / 2)
        assert values["Se"] <= values["Se2"] <= 1


def test_methods_of_a_run_share_seed_and_held_out_patients(chain):
    _, store, outcomes = chain
    encoders = [store.record(task) for task in outcomes if task.stage.name == "encoder"]
    assert len({encoder.meta["seed"] for encoder in encoders}) == 1
    held = [
        e["confusion_held_out"][0].sum(-1).tolist() for e in encoders if "predictions" in e.arrays
    ]
    assert held[0] == held[1]
