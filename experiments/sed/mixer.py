"""Mixes events into a scene: the clip as its wav file has it, sample by sample.

Levels are as published. A sound is scaled so that the whole of its file, silence and all, has the
rms that the signal-to-noise ratio asks for, over that of the scene; only then is it cut. So what
is heard of it may be louder or softer.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import soundfile
import soxr

from core.errors import DataError
from experiments.common.recordings import Wave, read_mono

SAMPLE_RATE = 32_000
"""Hz."""
SLACK = 0.05  # s that a scene may lack of a clip; they are silent

Clip: TypeAlias = np.ndarray[Any, np.dtype[np.int16]]
"""A mixture (samples, 2): its events in the first channel, its scene in the second."""

_FULL = 32_767  # libsndfile writes full scale so, and reads it back divided by 32,768


@dataclass(frozen=True, eq=False)
class Heard:
    """A sound as it is heard in a clip.

    Attributes
    ----------
    wave:
        (samples,), what is heard of it.
    rms:
        Of the whole file that it is from.
    start:
        The sample of the clip at which it begins.
    """

    wave: Wave
    rms: float
    start: int


def read_sound(path: Path) -> Wave:
    """Read a sound file as (samples,) at 32 kHz; raises DataError where it is damaged or empty."""
    wave, rate = read_mono(path)
    resampled: Wave = soxr.resample(wave, rate, SAMPLE_RATE, "HQ")
    return resampled


def read_scene(path: Path, samples: int) -> Wave:
    """Read the beginning of a scene as (samples,); raises DataError where it is too short."""
    wave = read_sound(path)[:samples]
    lacking = samples - len(wave)
    if lacking > SLACK * SAMPLE_RATE:
        raise DataError(
            f"{path} holds {len(wave) / SAMPLE_RATE:.3f} s, and a clip takes "
            f"{samples / SAMPLE_RATE:g} s; copy it again, or set a lower clip_seconds"
        )
    return np.pad(wave, (0, lacking)) if lacking else wave


def rms(wave: Wave) -> float:
    """Give the root of the mean square of a wave (samples,)."""
    return math.sqrt(np.square(wave).mean())


def mix(scene: Wave, events: Sequence[Heard], snr: float) -> Clip:
    """Mix events into a scene (samples,) at a signal-to-noise ratio in dB.

    The scene gets rms 1. Events are added to a silent track, which for published plans, where none
    overlap, is to assign them. Both channels are divided by the highest sample of either. Silent
    sounds stay silent.
    Raises DataError where an event ends after the clip.
    """
    clip = np.zeros((2, len(scene)), np.float32)
    for event in events:
        stop = event.start + len(event.wave)
        if stop > len(scene):
            raise DataError(
                f"an event ends at {stop / SAMPLE_RATE:g} s in a clip of "
                f"{len(scene) / SAMPLE_RATE:g} s; take longer clips"
            )
        clip[0, event.start : stop] += event.wave * _gain(event.rms, 10 ** (snr / 20))
    clip[1] = scene * _gain(rms(scene), 1)
    clip *= _gain(float(np.abs(clip).max()), _FULL)
    return np.rint(clip, out=clip).T.astype(np.int16)


def _gain(level: float, wanted: float) -> np.float32:
    """Give what brings a level to the one wanted; 0 where there is nothing to scale."""
    return np.float32(wanted / level if level > 0 else 0)


def write_clip(path: Path, clip: Clip) -> None:
    """Write a clip (samples, 2) as wav, sample by sample."""
    soundfile.write(path, clip, SAMPLE_RATE, "PCM_16", format="WAV")
