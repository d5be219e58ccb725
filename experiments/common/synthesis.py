"""Sounds made from noise and tones, of which the synthetic corpora are built."""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from scipy import fft
from scipy.signal import butter, sosfilt
from scipy.signal.windows import tukey

Wave: TypeAlias = np.ndarray[Any, np.dtype[Any]]
"""Samples (frames,), or what changes from sample to sample."""

Progress: TypeAlias = Callable[[int, int], None]
"""Told of sounds that are made and sounds in all."""

TABLE = 1 << 12  # samples of one period of a tone
FADE = 0.01  # s, at both ends of a sound, against clicks


def background(rng: np.random.Generator, frames: int, slope: float) -> Wave:
    """Make noise (frames,) with rms 1; its power falls as the frequency to the slope."""
    size = fft.next_fast_len(frames, real=True)
    spectrum = fft.rfft(rng.standard_normal(size, np.float32))
    # Flat below a two-thousandth of the rate: slower than anything that is heard.
    bins = np.arange(len(spectrum), dtype=np.float32)
    spectrum *= np.maximum(bins, size / 2000) ** np.float32(-slope / 2)
    wave: Wave = fft.irfft(spectrum, size)[:frames]
    wave /= wave.std()
    return wave


def fade_ends(wave: Wave, seconds: float) -> Wave:
    """Fade a sound of this length in s in and out."""
    faded: Wave = wave * tukey(len(wave), min(1.0, 2 * FADE / seconds))
    return faded


def repeat(
    rng: np.random.Generator,
    rate: int,
    frames: int,
    sound: Callable[[], Wave],
    pause: tuple[float, float] = (0, 0),
) -> Wave:
    """Repeat a sound, each time made anew, with pauses in s between; at once to begin with."""
    out = np.zeros(frames, np.float32)
    at = 0
    while at < frames:
        wave = sound()[: frames - at]
        out[at : at + len(wave)] = wave
        at += len(wave) + int(rng.uniform(*pause) * rate)
    return out


def tone(pitch: Wave, weights: Sequence[float] | Wave, rate: int) -> Wave:
    """Make a tone (frames,) of this pitch in Hz at each sample, with a weight for each harmonic.

    Harmonics that come near half the rate are left out.
    """
    heard = min(len(weights), int(0.45 * rate / pitch.max()))
    spectrum = np.zeros(TABLE // 2 + 1, complex)
    spectrum[1 : heard + 1] = weights[:heard]
    period = np.fft.irfft(-0.5j * TABLE * spectrum).astype(np.float32)
    turns = np.cumsum(pitch) / rate
    wave: Wave = period[(turns * TABLE).astype(np.int64) & (TABLE - 1)]
    wave /= np.linalg.norm(weights[:heard])
    return wave


def noise(rng: np.random.Generator, frames: int, rate: int, band: tuple[float, float]) -> Wave:
    """Make noise (frames,) between two frequencies in Hz, rms about 1."""
    white = rng.standard_normal(frames, np.float32)
    wave: Wave = sosfilt(_band_pass(*band, rate), white)
    return (wave * math.sqrt(rate / 2 / (band[1] - band[0]))).astype(np.float32)


@lru_cache(100)
def _band_pass(low: float, high: float, rate: int) -> Wave:
    """Design a filter; it takes longer than to filter a stroke of an engine."""
    sections: Wave = butter(2, (low, high), "bandpass", fs=rate, output="sos")
    return sections


def wander(rng: np.random.Generator, rate: int, frames: int, depth: float) -> Wave:
    """Give a factor about 1 that changes some times a second."""
    steps = max(2, round(4 * frames / rate))
    knots = 1 + depth * rng.uniform(-1, 1, steps)
    return np.interp(np.arange(frames), np.linspace(0, frames, steps), knots)


def steady(pitch: float, frames: int) -> Wave:
    """Give a pitch in Hz that stays, (frames,)."""
    return np.full(frames, pitch)


def rolling_off(harmonics: int, power: float) -> Wave:
    """Weigh harmonics by a negative power of their number."""
    return np.arange(1.0, harmonics + 1) ** -power


def decay(frames: int, nepers: float) -> Wave:
    """Fall exponentially, by so many nepers at the end."""
    return np.exp(np.linspace(0, -nepers, frames, dtype=np.float32))


def draw_frames(rng: np.random.Generator, rate: int, seconds: tuple[float, float]) -> int:
    """Draw a number of frames between two lengths in s."""
    return int(rng.uniform(*seconds) * rate)
