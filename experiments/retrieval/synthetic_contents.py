"""What is heard in synthetic clips: one thing or two, each in its manner, and how they follow."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.common.synthesis import Wave
from experiments.retrieval.synthetic_manners import PLAIN
from experiments.retrieval.synthetic_textures import TEXTURES

ALONE, THEN, WHILE = RELATIONS = ("alone", "then", "while")
PLAIN_SHARE = 0.4  # of sounds, those that are heard in no particular manner
HISS = (-72.0, -62.0)  # rms in dB re full scale of what no recording is without
MEETING = (0.4, 0.6)  # the part of a clip after which another sound follows


@dataclass(frozen=True, order=True)
class Sound:
    """A source and its manner, both by name."""

    source: str
    manner: str = PLAIN


@dataclass(frozen=True)
class Content:
    """All that is to be known of a clip: clips of equal content are described alike.

    Attributes
    ----------
    relation:
        `alone`, `then` or `while`.
    sounds:
        One sound, or two in the order they are heard; those heard at once are sorted.
    """

    relation: str
    sounds: tuple[Sound, ...]


def draw_content(rng: np.random.Generator) -> Content:
    """Draw what is heard: one sound or two of different sources."""
    relation = RELATIONS[rng.integers(len(RELATIONS))]
    names = list(TEXTURES)
    chosen = rng.choice(len(names), 1 if relation == ALONE else 2, replace=False)
    sounds = [_draw_sound(rng, names[i]) for i in chosen]
    return Content(relation, tuple(sorted(sounds) if relation == WHILE else sounds))


def _draw_sound(rng: np.random.Generator, source: str) -> Sound:
    manners = TEXTURES[source].manners
    if rng.random() < PLAIN_SHARE:
        return Sound(source)
    return Sound(source, manners[rng.integers(len(manners))])


def play(rng: np.random.Generator, content: Content, rate: int, seconds: float) -> Wave:
    """Make a clip (frames,) float32 of this length in s, within ±1."""
    frames = round(seconds * rate)
    hiss = np.float32(10 ** (rng.uniform(*HISS) / 20))
    clip: Wave = hiss * rng.standard_normal(frames, np.float32)
    meeting = rng.uniform(*MEETING) * seconds if content.relation == THEN else 0.0
    ends = (meeting or seconds, seconds)
    for sound, start, end in zip(content.sounds, (0.0, meeting), ends, strict=False):
        wave = TEXTURES[sound.source].play(rng, rate, end - start, sound.manner)
        first = round(start * rate)
        clip[first : first + len(wave)] += wave[: frames - first]
    return clip


def ceiling(contents: Sequence[Content], cut: int = 10) -> float:
    """Give mAP@cut of captions whose clips are found by content: what a perfect system reaches.

    A caption fits the k clips of its content alike, so that its own is at each of the ranks 1 to k
    with the same chance: the average precision to expect is (1 + 1/2 + … + 1/min(k, cut)) / k.
    """
    reciprocal = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, cut + 1))])
    counts = np.array(list(Counter(contents).values()))
    # A content of k clips is asked for k times.
    return float(reciprocal[np.minimum(counts, cut)].sum() / len(contents))
