"""Mixtures in shares, statistics, batches, and who trains and validates."""

import numpy as np
import pytest
import torch
from mixed import BANDS, CLASSES, CLIPS, FRAMES, mixtures_in

from core.errors import DataError, UnknownName
from experiments.sed.clips import clips_on
from experiments.sed.material import Mixtures, Shape
from experiments.sed.parts import divide

FOLDS = np.repeat([1, 2, 3, 4], 5)


@pytest.fixture(scope="module")
def in_shares(tmp_path_factory):
    """Log-mels of 2, 0 and 5 clips, the last ones in a file of their own."""
    rng = np.random.default_rng(0)
    whole = rng.standard_normal((7, 3, 4)).astype(np.float32) - 18
    whole[..., 1] = -18.420680743  # a band that is always silent

    def make(rows):
        def part(setting, inputs, output):
            output["logmel"] = whole[rows]
            output["target"] = np.eye(7, 5, dtype=np.uint8)[rows]

        return part

    folder = tmp_path_factory.mktemp("shares")
    cuts = (slice(0, 2), slice(2, 2), slice(2, 7))
    records = [mixtures_in(folder / str(i), make(rows)) for i, rows in enumerate(cuts)]
    return whole, Mixtures(records)


def test_clips_are_read_in_any_order(in_shares):
    whole, mixtures = in_shares
    rows = np.array([6, 0, 2, 1, 6])
    np.testing.assert_array_equal(mixtures.logmels(rows), whole[rows])
    assert len(mixtures) == 7
    assert mixtures.shape == Shape(frames=3, bands=4, classes=5)


@pytest.mark.parametrize("chunk", [3, 256])
def test_statistics_are_over_clips_and_frames(in_shares, monkeypatch, chunk):
    monkeypatch.setattr("experiments.sed.material.CHUNK", chunk)
    whole, mixtures = in_shares
    rows = np.array([0, 2, 3, 5, 6])
    mean, std = mixtures.statistics(rows)
    np.testing.assert_allclose(mean, whole[rows].astype(float).mean((0, 1)), rtol=1e-10)
    expected = whole[rows].astype(float).std((0, 1))
    np.testing.assert_allclose(std[[0, 2, 3]], expected[[0, 2, 3]], rtol=1e-7)
    assert std[1] == 1


@pytest.mark.parametrize("resident", [False, True])
def test_batches_hold_what_was_mixed(in_shares, resident):
    whole, mixtures = in_shares
    # "cpu:0" is no GPU, but goes the way of one.
    clips = clips_on(mixtures, "cpu:0" if resident else "cpu")
    assert (clips.resident is not None) == resident
    logmel, target = clips.batch(torch.tensor([4, 1]))
    assert target.dtype == logmel.dtype == torch.float32
    np.testing.assert_array_equal(logmel, whole[[4, 1]])
    assert target.tolist() == [[0, 0, 0, 0, 1], [0, 1, 0, 0, 0]]


def test_large_mixtures_stay_on_disk(tmp_path):
    def make(setting, inputs, output):
        output["logmel"] = np.zeros((300, 32, 32), dtype=np.float32)

    (logmel,) = Mixtures([mixtures_in(tmp_path, make)])._logmels
    assert isinstance(logmel, np.memmap)


@pytest.mark.parametrize(("test", "valid"), [(1, 2), (2, 3), (3, 4), (4, 1)])
def test_the_next_fold_is_held_out(test, valid):
    parts = divide(FOLDS, test, "held_out")
    assert set(FOLDS[parts["valid"]]) == {valid} and len(parts["valid"]) == 5
    assert set(FOLDS[parts["train"]]) == {1, 2, 3, 4} - {test, valid} and len(parts["train"]) == 10


def test_as_published_the_test_fold_validates():
    parts = divide(FOLDS, 4, "best_on_test")
    assert set(FOLDS[parts["valid"]]) == {4}
    assert set(FOLDS[parts["train"]]) == {1, 2, 3}


@pytest.mark.parametrize(
    ("folds", "test", "selection", "error", "message"),
    [
        (FOLDS, 5, "held_out", UnknownName, "unknown fold '5'.*1, 2, 3, 4"),
        (FOLDS, 4, "heldout", UnknownName, "unknown selection 'heldout'.*held_out"),
        (FOLDS[:10], 1, "held_out", DataError, "no fold to train on; clips are in 1, 2"),
        (FOLDS[:5], 1, "best_on_test", DataError, "no fold to train on; clips are in 1$"),
    ],
)
def test_what_cannot_be_divided_is_told(folds, test, selection, error, message):
    with pytest.raises(error, match=message):
        divide(folds, test, selection)


def test_the_small_mixtures_are_what_training_expects(tmp_path):
    mixtures = Mixtures([mixtures_in(tmp_path)])
    assert mixtures.shape == Shape(FRAMES, BANDS, CLASSES)
    assert len(mixtures) == 4 * CLIPS
