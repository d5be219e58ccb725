"""The plans of ICBHI, and what their metrics read."""

import numpy as np
import pytest
from planned import tasks_of

from plans.icbhi import AS_PUBLISHED, experiment


def test_plans_have_their_settings():
    counts = {plan.name: plan.count() for plan in experiment.plans}
    assert counts == {
        "demo": 6,
        **{"scratch": 60, "audioset": 60, "metadata": 70},
        **{"table1_scratch": 60, "table1_audioset": 60, "table2": 70},
        "splits": 3 * (3 + 3 + 15),
        **{"subset": 27, "subset_metadata": 36},
        "tuning": 16,
    }


def test_as_published_is_one_named_point():
    for plan, lr in {"table1_scratch": 1e-3, "table1_audioset": 1e-4}.items():
        for setting in experiment.select(f"{plan}/method=hybrid"):
            expected = {n: getattr(f, "modalities", (f,))[0] for n, f in AS_PUBLISHED.items()}
            assert {n: setting[n] for n in expected} == expected
            assert (setting.lr, setting.batch_size, setting.epochs) == (lr, 128, 400)
            assert (setting.temperature, setting.alpha, setting.seconds) == (0.06, 0.5, 8)


def test_only_what_a_method_knows_exists():
    for setting in experiment.select("scratch/run=0:metadata/run=0"):
        contrastive = setting.method != "ce"
        assert all((n in setting) == contrastive for n in ("temperature", "denominator", "views"))
        assert all((n in setting) == (setting.method == "hybrid") for n in ("alpha", "alpha_on"))
        assert ("label" in setting) == (setting.method in ("scl", "hybrid"))
        assert all((n in setting) == (setting.method == "mscl") for n in ("metadata", "lam"))
        assert ("class_weights" in setting) == (setting.method in ("ce", "hybrid"))
        assert ("probe_lr" in setting) == (setting.method in ("scl", "simclr", "mscl"))
        assert "corpus_seed" not in setting


def test_selections_share_a_training():
    chosen = ("held_out", "last", "best_on_test")
    made = [tasks_of(experiment, f"subset/method=scl,run=0,selection={name}") for name in chosen]
    for stage in ("cycles", "encoder", "probe"):
        assert len({tasks[stage].id for tasks in made}) == 1
    assert len({tasks["evaluation"].id for tasks in made}) == 3


def test_preparation_is_shared_by_methods_and_runs():
    made = experiment.task_maker().all(experiment.select("demo/"))
    stages = [task.stage.name for task in made]
    assert stages.count("corpus") == stages.count("cycles") == 1
    assert stages.count("encoder") == stages.count("evaluation") == 6


def test_probe_and_corpus_exist_where_they_have_a_meaning():
    assert "probe" not in tasks_of(experiment, "demo/method=ce,run=0")
    assert "probe" in tasks_of(experiment, "demo/method=scl,run=0")
    assert "corpus" not in tasks_of(experiment, "scratch/method=ce,backbone=cnn6,run=0")


def test_factors_added_later_leave_earlier_ids_alone():
    """The id that this training had before `label`, `split`, … were factors."""
    tasks = tasks_of(experiment, "subset/method=scl,run=0,selection=last")
    assert tasks["encoder"].id == "862659f170d1f417"
    assert tasks["probe"].id == "4f36efb716674c8f"
    assert tasks["evaluation"].id == "b5fcafa6260e0d8c"


def test_metrics_read_the_confusion():
    confusion = np.array([[8, 2, 0, 0], [1, 3, 1, 0], [0, 0, 4, 1], [0, 0, 0, 0]])
    record = {"confusion": confusion, "epoch": np.array(7)}
    found = {metric.name: metric.reduce(record) for metric in experiment.metrics}
    assert found == pytest.approx({"Sp": 0.8, "Se": 0.7, "Sc": 0.75, "Se2": 0.9, "epoch": 7})


def test_defaults_are_the_sound_protocol():
    (setting,) = experiment.select("scratch/method=ce,backbone=cnn6,run=0")
    assert (setting.selection, setting.held_out) == ("held_out", 0.2)
    assert setting.normalise != "batch" and setting.schedule == "cosine"
