"""Folds, and who is mixed with whom and when: the published draws, and their repairs."""

import numpy as np
import pytest

from core.errors import DataError, UnknownName
from experiments.sed.classes import CLASSES
from experiments.sed.folds import draw_folds
from experiments.sed.metadata import read_labels
from experiments.sed.mixing_plan import EVENTS, MIXINGS, MixingPlan, draw_plan, time_events

SCENES = 8640


@pytest.fixture
def real(real_data):
    """The table of all sounds, and for the verified ones their rows and folds."""
    labels = read_labels(real_data("fsdkaggle2018") / "train_post_competition.csv")
    rows = np.flatnonzero(labels.verified)
    return labels, rows, draw_folds(len(labels.fname))[rows]


def triples(plan, fold):
    return np.unique(plan.sound[plan.fold == fold], axis=0)


def test_the_published_folds(real):
    labels, rows, folds = real
    assert np.bincount(draw_folds(len(labels.fname)))[1:].tolist() == [2369, 2368, 2368, 2368]
    assert draw_folds(len(labels.fname))[:2].tolist() == [1, 3]
    assert np.bincount(folds)[1:].tolist() == [925, 952, 906, 927]
    assert len(rows) == 3710
    assert sorted({CLASSES[i] for i in labels.label.tolist()}) == list(CLASSES)


def test_the_published_mixtures(real):
    labels, rows, folds = real
    plan = draw_plan(folds, SCENES, 2000, "compat")
    names = labels.fname[rows[plan.sound]].reshape(4, 2000, EVENTS)
    assert [name[:8] for name in names[0, 0]] == ["19f45b13", "63874688", "cd3e20ec"]
    assert [name[:8] for name in names[1, 0]] == ["d68bc291", "e56fbcf3", "57f97997"]
    heard = [CLASSES[i] for i in labels.label[rows[plan.sound[0]]]]
    assert heard == ["Tambourine", "Scissors", "Computer_keyboard"]
    sums = rows[plan.sound].reshape(4, -1).sum(1)
    assert sums.tolist() == [27749723, 28349722, 27947041, 28281332]
    assert plan.scene[0] == 1861
    assert [len(triples(plan, fold)) for fold in (1, 2, 3, 4)] == [925, 952, 302, 309]


def test_the_repair_has_as_many_triples_as_clips(real):
    _, _, folds = real
    plan = draw_plan(folds, SCENES, 2000, "fixed")
    assert all(len(triples(plan, fold)) > 1990 for fold in (1, 2, 3, 4))


FOLDS = np.tile([1, 2, 3, 4], 9)  # nine sounds a fold, which three divides


@pytest.mark.parametrize("mixing", MIXINGS)
def test_folds_share_no_sound_and_no_scene_comes_twice(mixing):
    plan = draw_plan(FOLDS, 90, 20, mixing)
    assert plan.fold.tolist() == [fold for fold in (1, 2, 3, 4) for _ in range(20)]
    assert (FOLDS[plan.sound] == plan.fold[:, None]).all()
    assert len(set(plan.scene.tolist())) == len(plan.scene)
    assert plan.scene.max() < 90


def test_tiles_of_the_published_plan_are_one_shuffle_and_those_of_the_repair_are_not():
    plans = {mixing: draw_plan(FOLDS, 80, 20, mixing) for mixing in MIXINGS}
    assert len(triples(plans["compat"], 3)) == 3
    assert len(triples(plans["fixed"], 3)) > 10
    # Only the times differ.
    np.testing.assert_array_equal(plans["random_onset"].sound, plans["fixed"].sound)


def test_a_sound_is_used_as_often_as_another_up_to_once():
    plan = draw_plan(FOLDS, 80, 20, "fixed")
    uses = np.bincount(plan.sound[plan.fold == 2].ravel(), minlength=len(FOLDS))[FOLDS == 2]
    assert uses.max() - uses.min() <= 1


def test_what_cannot_be_mixed_is_refused():
    with pytest.raises(UnknownName, match="fixed"):
        draw_plan(FOLDS, 80, 20, "fixe")
    with pytest.raises(DataError, match=r"fold 4 has none of the 27 usable sounds"):
        draw_plan(FOLDS[FOLDS < 4], 80, 20, "compat")
    with pytest.raises(DataError, match=r"take 80 scenes.*there are 79; set clips=19"):
        draw_plan(FOLDS, 79, 20, "compat")


def plan_of(*sounds):
    return MixingPlan(np.array([1]), np.array([sounds]), np.array([0]))


def test_published_times():
    times = time_events(plan_of(0, 1, 2), np.array([0.4, 7.0, 2.0]), "compat", 10)
    np.testing.assert_allclose(times.onset, [[0.5, 3.0, 5.5]])
    np.testing.assert_allclose(times.offset, [[0.9, 5.0, 7.5]])


def test_shorter_clips_have_the_pattern_shorter_and_longer_ones_no_longer_events():
    seconds = np.array([0.4, 7.0, 2.0])
    short = time_events(plan_of(0, 1, 2), seconds, "fixed", 5)
    np.testing.assert_allclose(short.onset, [[0.25, 1.5, 2.75]])
    np.testing.assert_allclose(short.offset - short.onset, [[0.4, 1.0, 1.0]])
    long = time_events(plan_of(0, 1, 2), seconds, "fixed", 20)
    np.testing.assert_allclose(long.offset - long.onset, [[0.4, 2.0, 2.0]])


def test_random_times_are_within_clips_overlap_and_stay_when_clips_are_added():
    rng = np.random.default_rng(0)
    seconds = rng.uniform(0.3, 5, 50)
    sound = rng.integers(50, size=(200, EVENTS))
    plan = MixingPlan(np.ones(200), sound, np.arange(200))
    times = time_events(plan, seconds, "random_onset", 10)
    lengths = times.offset - times.onset
    assert times.onset.min() >= 0
    assert times.offset.max() <= 10
    assert (lengths <= np.minimum(seconds[sound], 2) + 1e-9).all()
    assert (lengths >= np.minimum(seconds[sound], 0.5) - 1e-9).all()
    assert (
        (times.onset[:, 0] < times.offset[:, 1]) & (times.onset[:, 1] < times.offset[:, 0])
    ).any()
    fewer = MixingPlan(np.ones(9), sound[:9], np.arange(9))
    np.testing.assert_array_equal(
        time_events(fewer, seconds, "random_onset", 10).onset, times.onset[:9]
    )
