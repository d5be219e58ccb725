"""The plans of sound event detection, and what their metrics and figures read."""

import numpy as np
import pytest
from planned import tasks_of

from experiments.common.precision import PRECISIONS
from experiments.sed.mixing_plan import MIXINGS
from experiments.sed.network import ATROUS, DECODERS, HEADS
from experiments.sed.parts import SELECTIONS
from plans.sed import AS_PUBLISHED, experiment

FOLDS, RUNS, LEVELS, MODELS = 4, 3, 3, 7


def test_plans_have_their_settings():
    counts = {plan.name: plan.count() for plan in experiment.plans}
    whole = LEVELS * FOLDS * RUNS
    assert counts == {
        "demo": 3,
        "models": MODELS * whole,
        "auto_encoder": 2 * 5 * whole,
        "width": 2 * 3 * whole,
        "atrous": 2 * whole,
        "mixing": 3 * 2 * whole,
        "scenes": 2 * 2 * whole,
        "published": 6 * LEVELS,
        "published_alpha": 5 * LEVELS,
        "published_2018": 3 * FOLDS,
    }


def test_choices_are_what_the_code_knows():
    known = {
        "model": HEADS,
        "decoder": DECODERS,
        "atrous": ATROUS,
        "mixing": MIXINGS,
        "selection": SELECTIONS,
        "precision": PRECISIONS,
    }
    for name, values in known.items():
        assert set(experiment.choices[name]) == set(values)


def test_only_what_a_model_knows_exists():
    for setting in experiment.select("models/fold=1,run=0,snr=0"):
        assert ("alpha" in setting) == ("decoder" in setting) == (setting.model == "att2_ae")
        assert ("atrous" in setting) == (setting.model == "atrous_att")
        assert "corpus_seed" not in setting
        assert "sounds" not in setting


def test_defaults_are_the_sound_protocol():
    for setting in experiment.select("models/fold=1,run=0,snr=0"):
        assert (setting.selection, setting.mixing) == ("held_out", "fixed")
        assert setting.get("decoder", "linear") == "linear"
        assert setting.get("atrous", "repaired") == "repaired"


def test_as_published_is_one_named_point():
    for setting in experiment.select("published/"):
        expected = {n: getattr(f, "modalities", (f,))[0] for n, f in AS_PUBLISHED.items()}
        assert {n: setting.get(n, v) for n, v in expected.items()} == expected
        assert (setting.lr, setting.batch_size, setting.epochs) == (1e-3, 24, 80)
        assert (setting.clips, setting.clip_seconds, setting.fold) == (2000, 10, 4)
        assert setting.get("alpha", 1e-3) == 1e-3


def test_mixtures_are_made_once_for_all_models_folds_and_runs():
    tasks = experiment.task_maker().all(experiment.select("models/snr=0"))
    stages = [task.stage.name for task in tasks]
    assert [stages.count(name) for name in ("sources", "mixtures", "annotation")] == [1, 1, 1]
    assert stages.count("training") == stages.count("evaluation") == MODELS * FOLDS * RUNS
    levels = experiment.task_maker().all(experiment.select("models/model=gmp,fold=1,run=0"))
    stages = [task.stage.name for task in levels]
    assert (stages.count("sources"), stages.count("mixtures")) == (1, LEVELS)


def test_synthetic_sources_exist_where_they_are_needed():
    assert {"events", "backgrounds"} < tasks_of(experiment, "demo/model=gmp").keys()
    real = tasks_of(experiment, "models/model=gmp,fold=1,run=0,snr=0")
    assert not {"events", "backgrounds"} & real.keys()
    half = experiment.with_modalities({"scenes": ["tau2019-part"]})
    tasks = tasks_of(half, "demo/model=gmp")
    assert "events" in tasks
    assert "backgrounds" not in tasks


def test_metrics_leave_out_classes_that_the_fold_lacks():
    metric = experiment.metric("macro_ap")
    assert metric.reduce({"ap": np.array([0.2, np.nan, 0.6])}) == pytest.approx(0.4)
    assert np.isnan(metric.reduce({"ap": np.array([np.nan])}))
    assert experiment.metric("chance").reduce({"target": np.array([[1, 0], [0, 0]])}) == 0.25
    assert experiment.metric("micro_ap").reduce({"micro_ap": np.array(0.7)}) == 0.7


def test_every_metric_but_the_epoch_and_chance_is_better_when_higher():
    for metric in experiment.metrics:
        assert metric.higher_is_better is (None if metric.name in ("chance", "epoch") else True)


def test_curves_read_what_trainings_store():
    training = {n: np.arange(3.0) for n in ("loss", "valid_loss", "train_ap", "valid_ap", "lr")}
    for curve in experiment.figures:
        assert curve.read(training).shape == (3,)
