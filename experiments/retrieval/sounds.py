"""Sounds of clips: read whole at their own rate, refused where they are shorter than a frame."""

from pathlib import Path

from core.errors import DataError
from experiments.common.recordings import Wave, read_mono
from experiments.common.sound_files import seconds_of

SHORTEST = 0.04
"""s; a frame of the published front end."""


def read_sound(path: Path) -> tuple[Wave, int]:
    """Read a sound as (samples,), channels averaged, and give its rate in Hz.

    Raises DataError where it is damaged or shorter than a frame.
    """
    wave, rate = read_mono(path)
    _check(path, len(wave) / rate)
    return wave, rate


def seconds_of_sound(path: Path) -> float:
    """Tell how long a sound is; raises DataError where it is damaged or shorter than a frame."""
    seconds = seconds_of(path)
    _check(path, seconds)
    return seconds


def _check(path: Path, seconds: float) -> None:
    if seconds < SHORTEST:
        raise DataError(
            f"{path} lasts {seconds:.2g} s, less than a frame of {SHORTEST:g} s; copy it again, "
            "or take it away"
        )
