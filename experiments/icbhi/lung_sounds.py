"""Lung sounds made from noise: breath, crackles, wheezes, and the device that records them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.signal import butter, sosfilt
from scipy.signal.windows import tukey

from experiments.icbhi.waveform import Wave

# Peaks in dB above the breath's level (rms amid inspiration). Set so that a small network finds
# most of them after a minute of training, and not all.
CRACKLE_LEVEL = (2.0, 12.0)
WHEEZE_LEVEL = (-16.0, -2.0)

INSPIRATION = 0.4  # share of a cycle; expiration is longer and half as loud
BREATH_BAND = (100.0, 400.0)  # Hz, for a grown man


@dataclass(frozen=True)
class Device:
    """A stethoscope: its rate and pass band in Hz, its own noise relative to the breath."""

    sample_rate: int
    band: tuple[float, float]
    noise: float


@dataclass(frozen=True)
class Chest:
    """Who breathes: mean length of a cycle in s; a pitch that multiplies all frequencies."""

    seconds: float
    pitch: float


def record(
    rng: np.random.Generator, chest: Chest, device: Device, labels: Sequence[int]
) -> tuple[Wave, list[float]]:
    """Make a recording (frames,) with peak 0.5, one cycle a label, and the cycles' edges in s.

    A label is crackles + 2 * wheezes.
    """
    rate = device.sample_rate
    lengths = chest.seconds * rate * rng.uniform(0.75, 1.25, len(labels))
    edges = np.cumsum([0, *lengths.astype(int)])
    sound = _band_pass(_noise(rng, edges[-1]), [f * chest.pitch for f in BREATH_BAND], rate)
    sound /= sound.std()
    for (start, stop), label in zip(pairwise(edges), labels, strict=True):
        _breathe(rng, sound[start:stop], chest, rate, label)
    sound += device.noise * _noise(rng, len(sound))
    heard = _band_pass(sound, device.band, rate)
    return 0.5 * heard / np.abs(heard).max(), (edges / rate).tolist()


def _breathe(rng: np.random.Generator, noise: Wave, chest: Chest, rate: int, label: int) -> None:
    """Turn the noise of one cycle into a breath with its label's sounds, in place."""
    inspiration = int(INSPIRATION * len(noise))
    noise[:inspiration] *= _swell(inspiration)
    noise[inspiration:] *= 0.5 * _swell(len(noise) - inspiration)
    # A stray click is no crackle; it keeps a single one from giving the class away.
    clicks = 3 + rng.poisson(5) if label & 1 else rng.poisson(0.7)
    for _ in range(clicks):
        _add_crackle(rng, noise[:inspiration], chest, rate)
    if label & 2:
        _add_wheeze(rng, noise[inspiration:], chest, rate)


def _add_crackle(rng: np.random.Generator, sound: Wave, chest: Chest, rate: int) -> None:
    """Add one short explosive sound, 5 to 20 ms, at a random place."""
    seconds = np.arange(int(rng.uniform(0.005, 0.02) * rate)) / rate
    pitch = rng.uniform(200, 600) * chest.pitch
    pulse = np.sin(2 * math.pi * pitch * seconds) * np.exp(-5 * seconds / seconds[-1])
    start = rng.integers(len(sound) - len(pulse))
    sound[start : start + len(pulse)] += _gain(rng, CRACKLE_LEVEL) * pulse


def _add_wheeze(rng: np.random.Generator, sound: Wave, chest: Chest, rate: int) -> None:
    """Add a gliding tone with harmonics over 40 to 90 % of the sound."""
    seconds = np.arange(int(rng.uniform(0.4, 0.9) * len(sound))) / rate
    pitch = rng.uniform(150, 500) * chest.pitch
    glide = 1 + rng.uniform(-0.1, 0.1) * seconds / seconds[-1]  # ends up to 20 % off the pitch
    tone = np.zeros(len(seconds))
    for harmonic in (1, 2, 3):
        if harmonic * pitch < 0.4 * rate:
            tone += np.sin(2 * math.pi * harmonic * pitch * glide * seconds) / harmonic**2
    start = rng.integers(len(sound) - len(tone))
    sound[start : start + len(tone)] += _gain(rng, WHEEZE_LEVEL) * tukey(len(tone), 0.3) * tone


def _noise(rng: np.random.Generator, frames: int) -> Wave:
    return rng.standard_normal(frames, np.float32)


def _swell(frames: int) -> Wave:
    """Rise from 0.1 to 1 and fall back."""
    return (0.1 + 0.9 * np.hanning(frames)).astype(np.float32)


def _gain(rng: np.random.Generator, level: tuple[float, float]) -> float:
    return float(10 ** (rng.uniform(*level) / 20))


def _band_pass(sound: Wave, band: Sequence[float], rate: int) -> Wave:
    filtered = sosfilt(butter(2, band, "bandpass", fs=rate, output="sos"), sound)
    single: Wave = filtered.astype(np.float32)
    return single
