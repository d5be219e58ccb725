"""Sounds of a town made from noise and tones: what is heard, each a caricature of a real source.

Sources come in pairs that fill the same third-octaves (a drill and a chainsaw, an idling and a
racing engine, children and speech): what tells them apart is finer in time or in frequency.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.signal.windows import tukey

from experiments.common.synthesis import (
    Wave,
    decay,
    draw_frames,
    fade_ends,
    noise,
    repeat,
    rolling_off,
    steady,
    tone,
    wander,
)


@dataclass(frozen=True)
class Source:
    """Something that is heard: its AudioSet display name, and how it sounds for some samples."""

    label: str
    sound: Callable[[np.random.Generator, int, int], Wave]

    def play(self, rng: np.random.Generator, rate: int, seconds: float) -> Wave:
        """Make a sound (frames,) of this length in s, faded in and out, peaks about 1."""
        frames = round(seconds * rate)
        wave = self.sound(rng, rate, frames)
        # Clicks would make an rms or a peak say nothing of how loud it is heard.
        loud = max(np.quantile(np.abs(wave), 0.95), 1e-6)
        faded: Wave = fade_ends(wave, seconds) / loud
        return faded.astype(np.float32)


def _air_conditioner(rng: np.random.Generator, rate: int, frames: int) -> Wave:
    hum = tone(steady(rng.uniform(190, 250), frames), [1, 0.3, 0.6, 0.2, 0.3, 0.1], rate)
    return hum + rng.uniform(0.5, 1) * noise(rng, frames, rate, (300, 2500))


def _car_horn(rng: np.random.Generator, rate: int, frames: int) -> Wave:
    low = rng.uniform(330, 480)

    def honk() -> Wave:
        length = draw_frames(rng, rate, (0.2, 1.2))
        two = [tone(steady(f, length), rolling_off(16, 0.3), rate) for f in (low, 1.26 * low)]
        chord: Wave = (two[0] + two[1]) * tukey(length, 0.1)
        return chord

    return repeat(rng, rate, frames, honk, pause=(0.1, 0.4))


def _voices(
    rng: np.random.Generator,
    rate: int,
    frames: int,
    pitch: tuple[float, float],
    throat: float,
    glide: float,
) -> Wave:
    """Say syllables: a throat that is half as long has formants at twice the frequency."""
    speaker = rng.uniform(*pitch)

    def syllable() -> Wave:
        length = draw_frames(rng, rate, (0.1, 0.3))
        start = speaker * rng.uniform(0.9, 1.1)
        curve = np.geomspace(start, start * rng.uniform(1 / glide, glide), length)
        formants = [rng.uniform(300, 800), rng.uniform(900, 2200), 2700]
        harmonics = start * np.arange(1, 60)
        away = (harmonics - np.array(formants)[:, None] / throat) / 120
        weights = (1 / (1 + away**2)).sum(axis=0)
        return tone(curve, weights, rate) * np.hanning(length).astype(np.float32)

    return repeat(rng, rate, frames, syllable, pause=(0.0, 0.12))


def _dog(rng: np.random.Generator, rate: int, frames: int) -> Wave:
    pitch = rng.uniform(350, 900)

    def bark() -> Wave:
        length = draw_frames(rng, rate, (0.12, 0.25))
        voice = tone(np.geomspace(1.3 * pitch, 0.6 * pitch, length), rolling_off(10, 0.5), rate)
        breath = noise(rng, length, rate, (500, 4000))
        return (voice + 0.6 * breath) * decay(length, 4)

    return repeat(rng, rate, frames, bark, pause=(0.1, 0.5))


def _drill(rng: np.random.Generator, rate: int, frames: int) -> Wave:
    load = wander(rng, rate, frames, 0.06)
    whine = tone(rng.uniform(400, 650) * load, rolling_off(14, 0.2), rate)
    return whine + 0.7 * noise(rng, frames, rate, (1500, 8000))


def _chainsaw(rng: np.random.Generator, rate: int, frames: int) -> Wave:
    throttle = wander(rng, rate, frames, 0.25)
    buzz = tone(rng.uniform(90, 140) * throttle, rolling_off(60, 0.3), rate)
    return buzz + 0.4 * noise(rng, frames, rate, (1500, 8000))


def _idling(rng: np.random.Generator, rate: int, frames: int) -> Wave:
    firing = rng.uniform(16, 26)

    def stroke() -> Wave:
        length = int(rate / firing * rng.uniform(0.95, 1.05))
        thud = tone(steady(rng.uniform(70, 110), length), [1, 0.5, 0.4, 0.3, 0.3], rate)
        rattle = noise(rng, length, rate, (300, 2500))
        return rng.uniform(0.6, 1) * (thud + 0.6 * rattle) * decay(length, 4)

    return repeat(rng, rate, frames, stroke)


def _engine(rng: np.random.Generator, rate: int, frames: int) -> Wave:
    revs = np.geomspace(rng.uniform(45, 80), rng.uniform(90, 180), frames)
    if rng.random() < 0.5:
        revs = revs[::-1]
    roar = tone(revs * wander(rng, rate, frames, 0.03), rolling_off(24, 0.5), rate)
    return roar + 0.3 * noise(rng, frames, rate, (300, 1500))


def _gunshot(rng: np.random.Generator, rate: int, frames: int) -> Wave:
    cut = rng.uniform(2000, 9000)

    def shot() -> Wave:
        length = draw_frames(rng, rate, (0.25, 0.6))
        return noise(rng, length, rate, (60, cut)) * decay(length, 7)

    return repeat(rng, rate, frames, shot, pause=(0.1, 0.8))


def _jackhammer(rng: np.random.Generator, rate: int, frames: int) -> Wave:
    blows, ring = rng.uniform(13, 22), rng.uniform(900, 2500)

    def blow() -> Wave:
        length = int(rate / blows * rng.uniform(0.97, 1.03))
        chisel = tone(steady(ring, length), [1, 0, 0.5], rate)
        return (noise(rng, length, rate, (200, 8000)) + 0.5 * chisel) * decay(length, 6)

    return repeat(rng, rate, frames, blow)


def _siren(rng: np.random.Generator, rate: int, frames: int) -> Wave:
    turns = rng.choice([0.4, 3.5]) * rng.uniform(0.8, 1.2)  # a second: a wail, or a yelp
    turn = 2 * math.pi * (turns * np.arange(frames) / rate + rng.random())
    return tone(rng.uniform(750, 1000) * 1.45 ** np.sin(turn), [1, 0.3, 0.25, 0.1, 0.1], rate)


def _music(rng: np.random.Generator, rate: int, frames: int) -> Wave:
    key = rng.uniform(180, 360)
    beat = int(rate * rng.uniform(0.2, 0.35))
    major = 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12]) / 12)

    def note() -> Wave:
        pitches = key * rng.choice(major, 3)
        chord = [tone(steady(f, beat), rolling_off(8, 1.2), rate) for f in pitches]
        drum = noise(rng, beat, rate, (3000, 9000)) * decay(beat, 20)
        played: Wave = np.sum(chord, axis=0) * decay(beat, 2) + 0.7 * drum
        return played

    return repeat(rng, rate, frames, note)


URBAN_SOUNDS = (
    Source("Air conditioning", _air_conditioner),
    Source("Vehicle horn, car horn, honking", _car_horn),
    Source("Children playing", partial(_voices, pitch=(300, 550), throat=0.7, glide=1.4)),
    Source("Bark", _dog),
    Source("Drill", _drill),
    Source("Idling", _idling),
    Source("Gunshot, gunfire", _gunshot),
    Source("Jackhammer", _jackhammer),
    Source("Siren", _siren),
    Source("Music", _music),
)
"""The ten classes of UrbanSound8K, in the order of its class numbers."""

SOURCES = (
    *URBAN_SOUNDS,
    Source("Speech", partial(_voices, pitch=(90, 220), throat=1.0, glide=1.15)),
    Source("Engine", _engine),
    Source("Chainsaw", _chainsaw),
)
"""All that is heard: with these three, every coarse class of SONYC-UST has a source."""
