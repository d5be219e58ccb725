"""The polyphonic sound detection score, exact over all thresholds.

C. Bilen et al., "A framework for the robust evaluation of sound event detection", ICASSP 2020;
J. Ebbers et al., "Threshold-independent evaluation of sound event detection scores", ICASSP 2022.
The numbers are those of `sed_scores_eval`, which takes 20 times as long, and more with cross
triggers.
"""

from typing import NamedTuple

import numpy as np

from experiments.sed.events import Events, merged
from experiments.sed.features import FRAMES_A_SECOND
from experiments.sed.material import Array
from experiments.sed.runs import Runs, changes, find_runs

HIGHEST_RATE = 100.0
"""False alarms an hour up to which the score looks."""
SPREAD = 1.0
"""Weight of the standard deviation over classes, which is taken off."""
_LEVELS = int(np.float16(1).view(np.int16)) + 1
_DECIMALS = 6  # of seconds: what touches a tolerance exactly must not fall to rounding


class Scenario(NamedTuple):
    """What a system is to be good at.

    Attributes
    ----------
    detection:
        Share of a detection that must lie in events of its class; else it is a false alarm.
    truth:
        Share of an event that must be covered by detections that are none.
    trigger:
        Share of a false alarm that must lie in events of another class to be a cross trigger.
    trigger_weight:
        What cross triggers add to false alarms.
    """

    detection: float
    truth: float
    trigger: float = 1.0
    trigger_weight: float = 0.0


# DCASE 2021 task 4: one to react in time, the other not to confuse classes.
SCENARIOS = (Scenario(0.7, 0.7), Scenario(0.1, 0.1, 0.3, 0.5))


class Curve(NamedTuple):
    """Points (points,) at which a class's share of events found rises, by false alarms an hour."""

    rate: Array
    found: Array


def psds(
    frames: Array, truth: Events, seconds: float, scenarios: tuple[Scenario, ...] = SCENARIOS
) -> list[tuple[float, Array]]:
    """Score frame probabilities (clips, classes, frames) of clips that last so many seconds each.

    Probabilities lie in [0, 1]; thresholds are all those that float16 tells apart.

    Gives for each scenario the score, and that of each class (classes,) by itself; NaN for a
    class without an event. False alarms of such classes are not counted, and events of a class
    that overlap are one.
    """
    truth = merged(truth)
    classes = frames.shape[1]
    lengths = np.bincount(truth.label, truth.offset - truth.onset, classes)
    there = np.flatnonzero(lengths > 0)
    if not len(there):
        return [(float("nan"), np.full(classes, np.nan))] * len(scenarios)
    costs = np.zeros(classes)  # of a cross trigger into each class: their mean over the others
    costs[there] = 1 / lengths[there] / max(len(there) - 1, 1)
    curves: list[list[Curve]] = []
    for label in there:
        heard = _Detections(_levels(frames[:, label]), truth, int(label), costs)
        curves.append([heard.curve(scenario, len(frames) * seconds) for scenario in scenarios])
    return [_summary(found, there, classes) for found in zip(*curves, strict=True)]


def _levels(probabilities: Array) -> Array:
    """Number the float16 in order: of positive ones, the bits as a number; (frames, clips)."""
    return np.ascontiguousarray(probabilities.T, np.float16).view(np.int16)


class _Detections:
    """The detections of one class at any threshold, and how they overlap with events."""

    def __init__(self, levels: Array, truth: Events, label: int, costs: Array) -> None:
        self.levels = levels
        self.runs: Runs = find_runs(levels)
        self.start = self.runs.start / FRAMES_A_SECOND
        self.end = self.runs.end / FRAMES_A_SECOND
        self.length = self.end - self.start
        self.own = truth.chosen(truth.label == label)
        self.others = truth.chosen(truth.label != label)
        self.costs = costs

    def curve(self, scenario: Scenario, seconds: float) -> Curve:
        """Give the curve of a scenario, of clips that last so many seconds together."""
        right = np.zeros(self.levels.shape, bool)
        clip, inside = self._inside(self.own, scenario.detection)
        right[:, clip] = inside & self.runs.single[:, clip]
        wrong = self.runs.single & ~right
        cost = wrong / seconds
        if scenario.trigger_weight:
            cost += scenario.trigger_weight * self._cross_triggers(wrong, scenario.trigger)
        change = changes(cost, self.runs.parent)
        alarm = np.flatnonzero(change)
        level, step = self._found(right, scenario.truth)
        return _curve(
            np.concatenate([self.levels.ravel()[alarm], level]),
            np.concatenate([change.ravel()[alarm] * 3600, np.zeros(len(level))]),
            np.concatenate([np.zeros(len(alarm)), step / len(self.own.clip)]),
        )

    def _overlap(self, events: Events) -> Array:
        """Give the seconds (frames, events) that each run of an event's clip has with it."""
        end = np.minimum(self.end[:, events.clip], events.offset)
        overlap: Array = end - np.maximum(self.start[:, events.clip], events.onset)
        return overlap.clip(0)

    def _inside(self, events: Events, share: float) -> tuple[Array, Array]:
        """Tell whether such a share of a run lies in events: their clips, (frames, clips)."""
        clip, group = np.unique(events.clip, return_inverse=True)
        overlap = np.zeros((len(clip), len(self.levels)))
        np.add.at(overlap, group, self._overlap(events).T)
        enough = np.round(share * self.length[:, clip], _DECIMALS)
        return clip, np.round(overlap.T, _DECIMALS) >= enough

    def _cross_triggers(self, wrong: Array, share: float) -> Array:
        """Give what the cross triggers of false alarms cost, (frames, rows), in 1/s."""
        cost = np.zeros(self.levels.shape)
        for label in np.unique(self.others.label):
            events = self.others.chosen(self.others.label == label)
            clip, inside = self._inside(events, share)
            cost[:, clip] += inside * self.costs[label]
        return cost * wrong

    def _found(self, right: Array, share: float) -> tuple[Array, Array]:
        """Give levels at which an event comes to be found (1), or no more (-1)."""
        clip = self.own.clip
        heard = changes(right[:, clip] * self._overlap(self.own), self.runs.parent[:, clip])
        order = np.argsort(-self.levels[:, clip], axis=0)
        total = np.round(np.take_along_axis(heard, order, 0).cumsum(0), _DECIMALS)
        enough = np.round(share * (self.own.offset - self.own.onset), _DECIMALS)
        step = np.diff((total >= enough).astype(np.int8), axis=0, prepend=0)
        when = np.nonzero(step)
        return np.take_along_axis(self.levels[:, clip], order, 0)[when], step[when]


def _curve(level: Array, rate: Array, found: Array) -> Curve:
    """Make a curve of changes at levels, as the threshold falls: the most found at each rate."""
    rates, shares = (np.bincount(level, c, _LEVELS)[::-1].cumsum() for c in (rate, found))
    rates, shares = np.append(0, rates.round(9)), np.append(0, shares)
    order = np.lexsort((shares, rates))
    rates, most = rates[order], np.maximum.accumulate(shares[order])
    last = np.append(np.diff(rates) > 0, True) & (rates <= HIGHEST_RATE)
    return Curve(rates[last], most[last])


def _summary(curves: tuple[Curve, ...], there: Array, classes: int) -> tuple[float, Array]:
    """Give the score of all classes and of each."""
    rate = np.unique(np.concatenate([curve.rate for curve in curves]))
    found = np.array([c.found[np.searchsorted(c.rate, rate, "right") - 1] for c in curves])
    width = np.diff(rate, append=HIGHEST_RATE) / HIGHEST_RATE
    by_class = np.full(classes, np.nan)
    by_class[there] = found @ width
    return float(np.maximum(found.mean(0) - SPREAD * found.std(0), 0) @ width), by_class
