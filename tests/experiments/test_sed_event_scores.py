"""Event-based and segment-based scores: by hand, and as sed_eval counts."""

import numpy as np
import pytest
import sed_eval
from scored_sed import moved, random_events

from experiments.sed.counts import Counts, count
from experiments.sed.event_scores import event_counts, segment_counts
from experiments.sed.events import Events

CLIPS, CLASSES = 30, 4
NAMES = [f"class {i}" for i in range(CLASSES)]


def events(*rows):
    clip, label, onset, offset = zip(*rows, strict=True)
    return Events(np.array(clip), np.array(label), np.array(onset, float), np.array(offset, float))


def numbers(counts):
    return [values.tolist() for values in counts]


def by_sed_eval(metric, found, truth):
    """Score clip by clip."""
    for clip in range(CLIPS):
        metric.evaluate(
            *(
                [
                    {"file": "a", "event_label": NAMES[c], "event_onset": on, "event_offset": off}
                    for c, on, off in zip(*(v[e.clip == clip].tolist() for v in e[1:]), strict=True)
                ]
                for e in (truth, found)
            )
        )
    classes = metric.results_class_wise_metrics()
    overall = metric.results_overall_metrics()
    f1 = [classes[name]["f_measure"]["f_measure"] for name in NAMES]
    return f1, overall["f_measure"]["f_measure"]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (event_counts, sed_eval.sound_event.EventBasedMetrics),
        (segment_counts, sed_eval.sound_event.SegmentBasedMetrics),
    ],
)
def test_scores_are_those_of_sed_eval(ours, theirs, seed):
    rng = np.random.default_rng(seed)
    truth = random_events(rng, CLIPS, CLASSES)
    found = moved(rng, truth)
    if seed == 2:  # a class of which nothing is found: NaN there, 0 here
        found = Events(*(values[found.label != 1] for values in found))
    counts = ours(found, truth, CLASSES)
    f1, overall = by_sed_eval(theirs(NAMES), found, truth)
    np.testing.assert_allclose(counts.f1, np.nan_to_num(f1), rtol=0, atol=1e-12)
    assert counts.overall.f1[0] == pytest.approx(overall, abs=1e-12)
    assert 0.2 < overall < 0.95


def test_an_offset_may_be_wrong_by_half_the_length_and_an_onset_by_the_collar():
    truth = events((0, 0, 1, 3), (1, 0, 1, 1.2), (2, 0, 1, 2), (3, 0, 1, 2))
    found = events((0, 0, 1.2, 3.99), (1, 0, 1, 1.39), (2, 0, 1.21, 2), (3, 1, 1, 2))
    assert numbers(event_counts(found, truth, 2)) == [[2, 0], [3, 1], [4, 0]]


def test_as_many_events_are_paired_as_can_be():
    # The first found event is near both true ones, the second near the first alone.
    truth = events((0, 0, 1.0, 2), (0, 0, 1.3, 2))
    found = events((0, 0, 1.15, 2), (0, 0, 0.85, 2))
    assert numbers(event_counts(found, truth, 1)) == [[2], [2], [2]]


def test_an_event_found_twice_is_right_once():
    truth, twice = events((0, 0, 1, 2)), events((0, 0, 1, 2), (0, 0, 1, 2))
    assert numbers(event_counts(twice, truth, 1)) == [[1], [2], [1]]


def test_seconds_are_counted_that_are_touched():
    truth, found = events((0, 0, 0.5, 2.0), (1, 1, 0, 1)), events((0, 0, 1.9, 3.1))
    assert numbers(segment_counts(found, truth, 2)) == [[1, 0], [3, 0], [2, 1]]


def test_nothing_found_and_nothing_there():
    nothing = Events(*(np.empty(0, kind) for kind in (int, int, float, float)))
    truth = events((0, 0, 1, 2))
    for score in (event_counts, segment_counts):
        assert numbers(score(nothing, nothing, 1)) == [[0], [0], [0]]
        np.testing.assert_array_equal(score(nothing, truth, 2).f1, [0, np.nan])


def test_scores_of_counts():
    counts = Counts(np.array([2, 0, 0]), np.array([4, 0, 3]), np.array([8, 5, 0]))
    np.testing.assert_array_equal(counts.precision, [0.5, 0, np.nan])
    np.testing.assert_array_equal(counts.recall, [0.25, 0, np.nan])
    np.testing.assert_array_equal(counts.f1, [1 / 3, 0, np.nan])
    assert counts.overall.f1.tolist() == [2 * 2 / (7 + 13)]


def test_decisions_are_counted_class_by_class():
    found = np.array([[[1, 1], [0, 1]], [[0, 0], [1, 1]]], bool)
    present = np.array([[[1, 0], [0, 1]], [[0, 1], [0, 0]]], bool)
    assert numbers(count(found, present)) == [[1, 1], [2, 3], [2, 1]]
