"""The plans of retrieval, and what the code knows of their choices."""

import numpy as np
from planned import tasks_of

from experiments.common.precision import PRECISIONS
from experiments.retrieval.corpora import LOADERS
from experiments.retrieval.corrections import WAYS
from experiments.retrieval.freezing import FREEZINGS, HEADS_ONLY
from experiments.retrieval.front_ends import FRONT_ENDS
from experiments.retrieval.pairs import PAIRS
from experiments.retrieval.stopping import STOPPINGS
from experiments.retrieval.text_encoders import NAMES
from experiments.retrieval.training import KNOWN
from plans.retrieval import BASELINE, FORK, experiment

RUNS = 3


def test_plans_have_their_settings():
    counts = {plan.name: plan.count() for plan in experiment.plans}
    assert counts == {
        "demo": 2 * 2 + 1,
        "oracle": 3,
        "backbone": 3 * 2 * RUNS,
        "text": 3 * RUNS,
        "fine_tuning": 8 * RUNS,
        "choices": 2 * 2 * 3 * RUNS,
        "pairs": 2 * 2 * RUNS,
        "temperature": 2 * RUNS,
        "baseline": 1,
        "fork": RUNS,
        "fork_tuned": RUNS,
        "sweep": 14 * 11 * 5 * 5 * 4 * 8,
        "demo_sweep": 9 * 7 * 3,
    }


def test_choices_are_what_the_code_knows():
    known = {
        "dataset": LOADERS,
        "corrections": WAYS,
        "front_end": FRONT_ENDS,
        "text": NAMES,
        "freezing": FREEZINGS,
        "pairs": PAIRS,
        "stopping": STOPPINGS,
        "precision": PRECISIONS,
        **KNOWN,
    }
    for name, values in known.items():
        assert set(experiment.choices[name]) == set(values), name
    tuned = {setting.fine_tune_from for setting in experiment.select("fine_tuning/")}
    assert tuned == set(range(HEADS_ONLY + 1))


def test_the_oracle_needs_captions_and_their_embeddings_alone():
    assert tasks_of(experiment, "oracle/text=hashed").keys() == {
        "captions",
        "embeddings",
        "retrieval",
    }
    (setting,) = experiment.select("demo/system=caption_oracle")
    for factor in ("front_end", "backbone", "lr", "run", "temperature"):
        assert factor not in setting


def test_trainings_of_a_corpus_share_its_preparation():
    made = experiment.task_maker().all(experiment.select("pairs/"))
    stages = [task.stage.name for task in made]
    prepared = ("captions", "clips", "embeddings")
    assert [stages.count(name) for name in prepared] == [1, 1, 1]
    assert stages.count("training") == stages.count("retrieval") == 2 * 2 * RUNS
    assert stages.count("examples") == 2 * 2  # of one run


def test_defaults_are_the_sound_protocol():
    for setting in experiment.select("backbone/"):
        assert (setting.padding, setting.selection, setting.stopping) == (
            "masked",
            "valid_map",
            "none",
        )
        assert (setting.front_end, setting.freezing, setting.corrections) == (
            "pann",
            "declared",
            "none",
        )


def test_as_published_are_named_points():
    for plan, published in (("baseline", BASELINE), ("fork", FORK)):
        for setting in experiment.select(f"{plan}/"):
            assert {name: setting[name] for name in published} == published
            assert (setting.lr, setting.batch_size, setting.temperature) == (1e-3, 32, 0.07)


def test_curves_read_what_trainings_store():
    names = ("loss", "valid_loss", "valid_map", "lr", "temperature")
    training = {name: np.arange(3.0) for name in names}
    for curve in experiment.figures:
        assert curve.read(training).shape == (3,)
