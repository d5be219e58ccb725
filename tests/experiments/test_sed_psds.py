"""The polyphonic sound detection score: by hand, and as sed_scores_eval computes it."""

import numpy as np
import pandas as pd
import pytest
from scored_sed import FRAMES, SECONDS, probabilities, random_events
from sed_scores_eval.intersection_based import psds as their_psds

from experiments.sed.events import Events, merged
from experiments.sed.psds import SCENARIOS, Scenario, psds
from experiments.sed.runs import changes, find_runs

CLIPS, CLASSES = 25, 4
NAMES = [f"class {i}" for i in range(CLASSES)]
TIMES = np.arange(FRAMES + 1) / 31.25


def table(frames):
    """Lay out a clip's probabilities as the other program reads them."""
    made = pd.DataFrame({"onset": TIMES[:-1]})
    # Column by column, that none is a view of another: it cannot read what is read-only.
    for name, column in zip(["offset", *NAMES], [TIMES[1:], *frames.astype(float)], strict=True):
        made[name] = column
    return made


@pytest.mark.parametrize("scenario", [*SCENARIOS, Scenario(0.5, 0.4, 0.1, 0.7)])
def test_scores_are_those_of_sed_scores_eval(scenario):
    rng = np.random.default_rng(0)
    truth = random_events(rng, CLIPS, CLASSES)
    frames = probabilities(rng, truth, CLIPS, CLASSES)
    ids = [f"{clip:05d}" for clip in range(CLIPS)]
    heard = {name: [] for name in ids}
    for clip, label, onset, offset in zip(*merged(truth), strict=True):
        heard[ids[clip]].append((onset, offset, NAMES[label]))
    weighed = scenario.trigger_weight > 0
    theirs, by_class, *_ = their_psds(
        {name: table(clip) for name, clip in zip(ids, frames, strict=True)},
        heard,
        dict.fromkeys(ids, SECONDS),
        dtc_threshold=scenario.detection,
        gtc_threshold=scenario.truth,
        cttc_threshold=scenario.trigger if weighed else None,
        alpha_ct=scenario.trigger_weight,
        alpha_st=1.0,
    )
    ((score, ours),) = psds(frames, truth, SECONDS, (scenario,))
    assert score == pytest.approx(theirs, abs=1e-9)
    np.testing.assert_allclose(ours, [by_class[name] for name in NAMES], atol=1e-9)
    assert 0.05 < score < 0.999


def one_event(label=0):
    return Events(*(np.array([v]) for v in (0, label, 0.32, 0.64)))


def test_frames_of_the_event_alone_are_all_right():
    frames = np.zeros((1, 1, 50), np.float16)
    frames[0, 0, 10:20] = 0.5
    assert psds(frames, one_event(), 36.0)[0][0] == 1
    frames[0, 0, 30:40] = 0.4  # comes later than the event, as the threshold falls
    assert psds(frames, one_event(), 36.0)[0][0] == 1
    frames[0, 0, 30:40] = 0.6  # a false alarm in 36 s, 100 an hour, before it is found
    assert psds(frames, one_event(), 36.0)[0][0] == 0
    assert psds(frames, one_event(), 72.0)[0][0] == pytest.approx(0.5)


def test_a_class_without_an_event_has_no_score_and_none_counts_its_alarms():
    frames = np.zeros((1, 3, 50), np.float16)
    frames[0, :, 10:20] = 0.5
    (score, by_class), *_ = psds(frames, one_event(1), 36.0)
    assert score == 1
    np.testing.assert_array_equal(by_class, [np.nan, 1, np.nan])


def test_a_fold_without_events_has_no_score():
    nothing = Events(*(np.empty(0, kind) for kind in (int, int, float, float)))
    for score, by_class in psds(np.zeros((2, 3, 9), np.float16), nothing, 1.0):
        assert np.isnan(score)
        assert np.isnan(by_class).all()


def test_runs_are_those_of_all_thresholds():
    scores = np.random.default_rng(0).integers(0, 6, (40, 7)).astype(np.int16)
    runs = find_runs(scores)
    for row in range(scores.shape[1]):
        found = {
            (int(s), int(e))
            for s, e, one in zip(*(v[:, row] for v in runs[:3]), strict=True)
            if one
        }
        expected = set()
        for level in np.unique(scores[:, row]):
            edges = np.flatnonzero(np.diff(scores[:, row] >= level, prepend=False, append=False))
            expected |= {tuple(edge) for edge in edges.reshape(-1, 2).tolist()}
        assert found == expected
    # The changes of one for each run add up to how many there are at each threshold.
    change = changes(runs.single.astype(float), runs.parent)
    for level in range(1, 6):
        number = np.diff((scores >= level).astype(int), axis=0, prepend=0).clip(0).sum(0)
        np.testing.assert_array_equal(np.where(scores >= level, change, 0).sum(0), number)
