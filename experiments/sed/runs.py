"""Every run of frames that some threshold finds in scores, and how they merge as it falls."""

from typing import NamedTuple

import numpy as np

from experiments.sed.material import Array


class Runs(NamedTuple):
    """The longest run around each frame in which no score is below the frame's own.

    Arrays (frames, rows). There is no other detection, whatever the threshold; in image
    processing this is the max-tree, or component tree, of a signal.

    Attributes
    ----------
    start, end:
        First frame of the run, and the one after its last.
    single:
        False where an earlier frame of the same score stands for the same run.
    parent:
        Frame next to the run with the higher score, at which the run grows or merges with
        another; -1 where the run is the whole row.
    """

    start: Array
    end: Array
    single: Array
    parent: Array


def find_runs(scores: Array) -> Runs:
    """Find the runs in scores (frames, rows) of at least 0, all rows at once."""
    frames, rows = scores.shape
    padded = np.pad(scores, ((1, 1), (0, 0)), constant_values=-1)
    score = padded.ravel()
    place = np.arange(score.size, dtype=np.int32).reshape(padded.shape)
    # By place in the padded scores: the last frame before it that is lower, the last that is not
    # higher, and the next that is lower, at first the end of the row.
    left, below = np.zeros_like(score, np.int32), np.zeros_like(score, np.int32)
    right = np.tile(place[-1], frames + 2)
    for t in range(1, frames + 1):
        here, last = padded[t], place[t - 1].copy()
        higher = np.flatnonzero(padded[t - 1] > here)
        while len(higher):
            top = last[higher]
            right[top] = place[t, higher]
            last[higher] = top = below[top]
            higher = higher[score[top] > here[higher]]
        below[place[t]] = last
        left[place[t]] = np.where(score[last] == here, left[last], last)
    # Where a run ends at both ends of its row, its parent is the place before the first frame.
    parent = np.where(score[left] >= score[right], left, right)
    left, right, below, parent = (
        values.reshape(padded.shape)[1:-1] for values in (left, right, below, parent)
    )
    return Runs(left // rows, right // rows - 1, left == below, parent // rows - 1)


def changes(weights: Array, parent: Array) -> Array:
    """Tell by how much a sum over the runs there are changes as the threshold falls to each frame.

    Weights (frames, rows) are those of runs, of which one is there until its parent is. The
    changes, (frames, rows), belong to the frames' scores.
    """
    rows = weights.shape[1]
    into = (parent + 1) * rows + np.arange(rows)  # a row more, in which whole rows end
    ended = np.bincount(into.ravel(), weights.ravel(), weights.size + rows)
    return weights - ended[rows:].reshape(weights.shape)
