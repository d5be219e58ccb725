"""A stretch of a town: noise in the background, and labelled events in front of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.common.synthesis import Wave, background
from experiments.transcoder.urban_sounds import Source

# Peaks of an event in dB above the rms of the background.
LEVEL = (10.0, 24.0)


@dataclass(frozen=True)
class Event:
    """A source that is heard from an onset on; times in s."""

    source: Source
    onset: float
    seconds: float

    @property
    def offset(self) -> float:
        """When it is over."""
        return self.onset + self.seconds


def arrange(
    rng: np.random.Generator, sources: Sequence[Source], seconds: float
) -> tuple[Event, ...]:
    """Let sources follow one another until the time in s is over, now apart, now overlapping."""
    events = []
    at = rng.uniform(0, 0.5)
    while at < seconds - 0.5:
        length = min(rng.uniform(1, 3), seconds - at)
        source = sources[int(rng.integers(len(sources)))]
        events.append(Event(source, at, length))
        at += length + rng.uniform(-0.3, 0.7)
    return tuple(events)


def mix(
    rng: np.random.Generator,
    rate: int,
    seconds: float,
    events: Sequence[Event],
    slope: float = 1.0,
    level: tuple[float, float] = LEVEL,
) -> Wave:
    """Mix events into noise with this slope, (frames,) with peak 0.5."""
    scene = background(rng, round(seconds * rate), slope)
    for event in events:
        gain = 10 ** (rng.uniform(*level) / 20)
        wave = event.source.play(rng, rate, event.seconds)
        start = round(event.onset * rate)
        room = scene[start : start + len(wave)]
        room += np.float32(gain) * wave[: len(room)]
    return scene * np.float32(0.5 / np.abs(scene).max())
