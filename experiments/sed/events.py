"""Events of many clips: which class is heard in which clip, from when to when."""

from typing import NamedTuple

import numpy as np

from experiments.sed.features import FRAMES_A_SECOND
from experiments.sed.material import Array


class Events(NamedTuple):
    """Events (events,): clip and class as indices, onset and offset in seconds."""

    clip: Array
    label: Array
    onset: Array
    offset: Array

    def chosen(self, which: Array) -> "Events":
        """Give those that are marked, by bools (events,)."""
        return Events(*(values[which] for values in self))


def listed(label: Array, onset: Array, offset: Array) -> Events:
    """List the events of tables (clips, most events), where a label of -1 stands for none."""
    clip, slot = np.nonzero(label >= 0)
    return Events(clip, label[clip, slot], onset[clip, slot], offset[clip, slot])


def merged(events: Events) -> Events:
    """Make one event of those of a class that overlap or touch in a clip, in order."""
    order = np.lexsort((events.onset, events.label, events.clip))
    clip, label, onset, offset = (values[order] for values in events)
    where = np.unique(np.stack([clip, label]), axis=1, return_inverse=True)[1]
    # The latest offset so far: one clip and class after another on a single axis of time.
    shift = where * (offset.max(initial=0) + 1)
    until = np.maximum.accumulate(offset + shift)
    first = np.append(True, (onset + shift)[1:] > until[:-1])[: len(clip)]
    last = np.append(first[1:], True)[: len(clip)]
    return Events(clip[first], label[first], onset[first], (until - shift)[last])


def active_frames(events: Events, shape: tuple[int, int, int]) -> Array:
    """Mark the frames of events in (clips, classes, frames) bools.

    From the frame in which an event starts to the one in which it ends, both included.
    """
    frames = shape[-1]
    edges = np.zeros((*shape[:-1], frames + 1), np.int16)
    first, last = (
        np.minimum((times * FRAMES_A_SECOND).astype(int), frames - 1)
        for times in (events.onset, events.offset)
    )
    np.add.at(edges, (events.clip, events.label, first), 1)
    np.add.at(edges, (events.clip, events.label, last + 1), -1)
    active: Array = edges.cumsum(-1)[..., :-1] > 0
    return active
