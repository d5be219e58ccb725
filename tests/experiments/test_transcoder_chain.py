"""The demo plans from their first stage to their metrics, small and by the real engine."""

from collections import Counter
from math import isfinite, isnan

import numpy as np
import pytest

from core.execute import Machine, execute
from core.store import Store
from plans.transcoder import experiment

SMALLER = {
    "teacher_width": ["0.125"],
    "teacher_epochs": ["2"],
    "scenes": ["20"],
    "nb_channels": ["4"],
    "epochs": ["3"],
    "lr": ["0.01"],
    "batch_size": ["16"],
    "head_epochs": ["2"],
    "shares": ["2"],
    "run": ["0"],
}


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    made = experiment.with_modalities(SMALLER)
    store = Store(tmp_path_factory.mktemp("results"), made.name)
    store.prepare([stage.name for stage in made.stages])
    tasks = made.task_maker().all(made.select("demo/:demo_clips/"))
    machine = Machine(replicates=frozenset(made.replicates), threads=2)
    outcomes = {task: execute(task, store, machine) for task in tasks}
    return tasks, store, outcomes


def records(chain, stage):
    _, store, outcomes = chain
    return {task: store.record(task) for task in outcomes if task.stage.name == stage}


def test_every_task_is_done(chain):
    _, _, outcomes = chain
    assert {str(task): o.error for task, o in outcomes.items() if o.status != "done"} == {}


def test_shared_stages_are_computed_once(chain):
    """Clips are classified by the very transcoder that was scored on scenes."""
    _, _, outcomes = chain
    assert Counter(task.stage.name for task in outcomes) == {
        "scenes": 1,
        "spectra": 2,  # shares
        "teacher": 1,
        "oracle": 1,
        "training": 2,
        "examples": 3,
        "evaluation": 3,
        "target_scenes": 1,
        "clips": 1,
        "logits": 3,
        "classification": 6,
    }


def test_every_setting_has_the_metrics_of_what_it_scores(chain):
    tasks, store, _ = chain
    for setting, by_stage in tasks.by_setting:
        values = {
            m.name: m.reduce(store.record(by_stage[m.stage]))
            for m in experiment.metrics
            if m.stage in by_stage
        }
        assert ("accuracy" in values) == (setting.target != "scenes")
        unknown = {name for name, value in values.items() if isnan(value)}
        # The teacher of the synthetic town knows none of these classes.
        assert all(name.endswith("_tvb") for name in unknown), setting
        assert all(isfinite(value) for name, value in values.items() if name not in unknown)


def test_the_oracle_has_scores_of_every_second(chain):
    (oracle,) = records(chain, "oracle").values()
    assert oracle["scores"].shape == (200, len(oracle["classes"]))
    assert (oracle["scores"] >= 0).all()
    assert (oracle["scores"] <= 1).all()


def test_a_training_keeps_the_state_that_validates_best(chain):
    for task, training in records(chain, "training").items():
        losses = [float(training["untrained"]), *training["valid"]]
        assert int(training["epoch"]) == int(np.argmin(losses)), task
        assert training["train"].shape == (3,)


def test_evaluation_is_on_cities_that_were_not_trained_on(chain):
    for evaluation in records(chain, "evaluation").values():
        assert {name.split("-")[1] for name in evaluation["names"]} == {"barcelona", "helsinki"}
        assert evaluation["scores"].shape[0] == 10 * len(evaluation["names"])


def test_transcoders_are_scored_for_what_they_learnt(chain):
    tasks, store, _ = chain
    errors = {
        (setting.transcoder, setting.get("ts")): store.record(found["evaluation"])["mel_mse"].mean()
        for setting, found in tasks.by_setting
        if "evaluation" in found
    }
    assert errors["cnn_pinv", 0] < errors["pinv", None]
    assert len(set(errors.values())) == 3
