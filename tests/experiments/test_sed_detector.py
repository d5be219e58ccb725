"""Events in frame probabilities, and the frames of events."""

import numpy as np

from experiments.sed.detector import detect, gate
from experiments.sed.events import Events, active_frames, listed, merged

RATE = 31.25


def found(*rows):
    """Detect in clips of one class."""
    return detect(np.array(rows, np.float32)[:, None])


def test_a_run_starts_above_one_threshold_and_reaches_as_far_as_the_other_one():
    row = np.zeros(60)
    row[10:30] = 0.1
    row[20] = 0.21
    row[40:55] = 0.2  # never above 0.2
    events = found(row)
    np.testing.assert_array_equal(events.onset * RATE, [10])
    np.testing.assert_array_equal(events.offset * RATE, [30])


def test_ten_frames_apart_is_one_event_and_eleven_are_two():
    row = np.zeros(200)
    row[10:30] = row[40:60] = row[71:91] = 0.5
    events = found(row)
    np.testing.assert_array_equal(events.onset * RATE, [10, 71])
    np.testing.assert_array_equal(events.offset * RATE, [60, 91])


def test_what_lasts_ten_frames_is_left_out_unless_it_was_joined():
    row = np.zeros(200)
    row[10:20] = row[100:111] = row[150:156] = row[160:166] = 0.5
    events = found(row)
    np.testing.assert_array_equal(events.onset * RATE, [100, 150])
    np.testing.assert_array_equal(events.offset * RATE, [111, 166])


def test_events_at_the_edges_of_neighbouring_rows_stay_apart():
    frames = np.zeros((2, 2, 40), np.float32)
    frames[0, 0, 28:] = frames[0, 1, :12] = frames[1, 1] = 0.9
    events = detect(frames)
    assert events.clip.tolist() == [0, 0, 1]
    assert events.label.tolist() == [0, 1, 1]
    assert (events.onset * RATE).tolist() == [28, 0, 0]
    assert (events.offset * RATE).tolist() == [40, 12, 40]


def test_silence_has_no_event():
    assert all(len(values) == 0 for values in detect(np.zeros((3, 2, 40), np.float16)))


def test_a_class_that_the_clip_does_not_have_is_silent():
    frames = np.full((1, 2, 3), 0.7, np.float16)
    heard = gate(frames, np.array([[0.1, 0.11]]))
    assert heard.dtype == np.float16
    assert heard[0, 0].max() == 0
    np.testing.assert_array_equal(heard[0, 1], frames[0, 1])


def test_frames_from_the_one_of_the_onset_to_the_one_of_the_offset_are_active():
    events = Events(np.array([1, 1]), np.array([0, 0]), np.array([0.5, 9.0]), np.array([0.6, 10.0]))
    active = active_frames(events, (2, 3, 311))
    # int(0.5 * 31.25) = 15, int(0.6 * 31.25) = 18, int(9 * 31.25) = 281, cut at the last frame
    assert np.flatnonzero(active[1, 0]).tolist() == [*range(15, 19), *range(281, 311)]
    assert active.sum() == 4 + 30


def test_overlapping_events_of_a_class_are_active_once():
    twice = Events(*np.array([[0, 0], [0, 0]]), np.array([0.0, 0.5]), np.array([1.0, 2.0]))
    assert active_frames(twice, (1, 1, 100)).sum() == int(2 * RATE) + 1


def test_tables_with_places_left_free_are_listed():
    events = listed(np.array([[3, -1], [0, 2]]), *np.array([[[1, -1], [2, 3]], [[2, -1], [4, 5]]]))
    assert [values.tolist() for values in events] == [[0, 1, 1], [3, 0, 2], [1, 2, 3], [2, 4, 5]]


def test_events_that_overlap_or_touch_become_one():
    rows = [(1, 0, 5, 6), (0, 1, 4, 5), (0, 1, 1, 4), (0, 1, 2, 3), (0, 1, 5.1, 6), (0, 0, 1, 9)]
    events = merged(Events(*(np.array(values) for values in zip(*rows, strict=True))))
    found = list(zip(*(values.tolist() for values in events), strict=True))
    assert found == [(0, 0, 1, 9), (0, 1, 1, 5), (0, 1, 5.1, 6), (1, 0, 5, 6)]
