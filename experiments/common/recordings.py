"""Recordings read whole, channels averaged."""

from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from core.errors import DataError
from experiments.common.sound_files import cut_short, opened

Wave: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]


def read_mono(path: Path) -> tuple[Wave, int]:
    """Read a recording as (samples,), full scale 1, and give its own rate in Hz.

    Raises DataError where it cannot be read to its end, holds no sound, or holds samples that
    are no finite numbers.
    """
    with opened(path) as file:
        sound = file.read(dtype="float32", always_2d=True)
        frames, rate = file.frames, file.samplerate
    if len(sound) < frames or cut_short(path):
        raise DataError(f"{path} ends before its header says; copy it again")
    if not len(sound):
        raise DataError(f"{path} holds no sound; copy it again")
    return averaged(path, sound), rate


def averaged(path: Path, sound: Wave) -> Wave:
    """Average the channels of what was read of a recording (samples, channels).

    Raises DataError where it holds samples that are no finite numbers.
    """
    if not np.isfinite(sound).all():
        raise DataError(f"{path} holds samples that are not finite numbers; export it again")
    # mean() over a few channels takes 20 times as long; a product of matrices wakes all threads of
    # OpenBLAS, which then get in the way of ours.
    mono: Wave = sound[:, 0] if sound.shape[1] == 1 else sum(sound.T) / sound.shape[1]
    return mono
