"""Event-based and segment-based scores, with the same numbers as `sed_eval` and faster.

A. Mesaros, T. Heittola and T. Virtanen, "Metrics for polyphonic sound event detection", Applied
Sciences 6(6), 2016. `sed_eval` takes events one by one, and clips, some 100 times as long.
"""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from experiments.sed.counts import Counts
from experiments.sed.events import Events
from experiments.sed.material import Array

COLLAR = 0.2
"""Seconds by which an onset or an offset may be wrong."""
OF_LENGTH = 0.5
"""Share of its length by which an event's offset may be wrong, where that is more."""


def event_counts(found: Events, truth: Events, classes: int) -> Counts:
    """Count the events (classes,) that were found with onset and offset.

    Of events found and true ones as many as possible are paired, each once at most.
    """
    true, guess = _same_class(truth, found, classes)
    length = (truth.offset - truth.onset)[true]
    near = (np.abs(truth.onset[true] - found.onset[guess]) <= COLLAR) & (
        np.abs(truth.offset[true] - found.offset[guess]) <= np.maximum(COLLAR, OF_LENGTH * length)
    )
    hit = _matched(true[near], guess[near], (len(truth.clip), len(found.clip)))
    labels = (truth.label[hit], found.label, truth.label)
    return Counts(*(np.bincount(label, minlength=classes) for label in labels))


def segment_counts(found: Events, truth: Events, classes: int) -> Counts:
    """Count the seconds (classes,) in which a class is heard, be it for a part of them."""
    span = int(np.ceil(max(found.offset.max(initial=0), truth.offset.max(initial=0))))
    guesses, trues = (_seconds(events, classes, span) for events in (found, truth))
    hits = np.intersect1d(guesses, trues, assume_unique=True)
    return Counts(*(np.bincount(s % classes, minlength=classes) for s in (hits, guesses, trues)))


def _same_class(one: Events, other: Events, classes: int) -> tuple[Array, Array]:
    """Give the indices of all pairs of events of one clip and class."""
    key, keys = (events.clip * classes + events.label for events in (one, other))
    order = np.argsort(keys, kind="stable")
    first, end = (np.searchsorted(keys[order], key, side) for side in ("left", "right"))
    which, place = _ranges(first, end)
    return which, order[place]


def _ranges(first: Array, end: Array) -> tuple[Array, Array]:
    """Count through ranges: the index of the range, and the number, of all one after another."""
    lengths = end - first
    which = np.repeat(np.arange(len(first)), lengths)
    before = np.cumsum(lengths) - lengths
    return which, np.arange(len(which)) + (first - before)[which]


def _matched(rows: Array, columns: Array, shape: tuple[int, int]) -> Array:
    """Give the rows that have a partner where as many as possible have one of their own."""
    if not len(rows):
        return rows
    pairs = csr_array((np.ones(len(rows), np.int8), (rows, columns)), shape)
    return np.flatnonzero(maximum_bipartite_matching(pairs, perm_type="column") >= 0)


def _seconds(events: Events, classes: int, span: int) -> Array:
    """Number the seconds in which events are heard, once each: their remainder is the class."""
    first, end = np.floor(events.onset).astype(int), np.ceil(events.offset).astype(int)
    which, second = _ranges(first, end)
    return np.unique((events.clip[which] * span + second) * classes + events.label[which])
