"""Events in frame probabilities, by two thresholds.

The detector of Q. Kong et al., "Sound event detection and time-frequency segmentation from weakly
labelled data" (arXiv 1804.04715), and its thresholds.
"""

import numpy as np

from experiments.sed.events import Events
from experiments.sed.features import FRAMES_A_SECOND
from experiments.sed.material import Array

THRESHOLD = 0.1
"""Above this a class is in a clip, in a frame, or in a cell of its time-frequency map."""
STRONG, WEAK = 0.2, 0.1
GAP, SHORTEST = 10, 10


def gate(frames: Array, clips: Array) -> Array:
    """Silence classes that a clip does not have: frames (clips, classes, frames) become 0.

    Where the probability in `clips` (clips, classes) is at most THRESHOLD.
    """
    return np.where(clips[..., None] > THRESHOLD, frames, frames.dtype.type(0))


def detect(frames: Array) -> Events:
    """Find the events in frame probabilities (clips, classes, frames).

    A run of frames of at least WEAK is one where some frame is above STRONG. Runs of a class no
    more than GAP frames apart are one, and what lasts no more than SHORTEST frames is left out.
    """
    classes, width = frames.shape[1], frames.shape[2] + 1
    # A silent frame between clips, so that all of them can be one long row.
    row = np.zeros((*frames.shape[:2], width), frames.dtype)
    row[..., :-1] = frames
    start, end = _runs(row.ravel())
    start, end = _joined(start, end, width)
    kept = end - start > SHORTEST
    clip_and_class, first = np.divmod(start[kept], width)
    return Events(
        *np.divmod(clip_and_class, classes),
        first / FRAMES_A_SECOND,
        (first + (end - start)[kept]) / FRAMES_A_SECOND,
    )


def _runs(row: Array) -> tuple[Array, Array]:
    """Give first frames and ends of the runs in a row that ends with a silent frame."""
    change = np.flatnonzero(np.diff(row >= WEAK, prepend=False))
    if not len(change):
        return change, change
    strong = np.logical_or.reduceat(row > STRONG, change)[::2]
    return change[::2][strong], change[1::2][strong]


def _joined(start: Array, end: Array, width: int) -> tuple[Array, Array]:
    """Join runs that lie close together in one row of `width` frames."""
    apart = (start[1:] - end[:-1] > GAP) | (start[1:] // width != start[:-1] // width)
    return start[np.append(True, apart)[: len(start)]], end[np.append(apart, True)[: len(end)]]
