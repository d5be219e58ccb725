"""Reading recordings as the transcoder takes them: mono, resampled, peak at full scale."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import soxr

from core.errors import DataError
from experiments.common.recordings import Wave, read_mono

RATES = (32_000, 16_000)
"""Hz: of third-octaves and PANN, and of YAMNet."""


def read(path: Path, rates: Sequence[int] = RATES, shortest: float = 1.0) -> Mapping[int, Wave]:
    """Read a recording at each rate, channels averaged: {rate: (samples,)}.

    Every rate is resampled from the file's own (soxr, high quality, which is what librosa does
    unless told otherwise) and then scaled so that its peak is 1; silence stays silence.

    Raises
    ------
    DataError
        The file cannot be read to its end, lasts less than `shortest` seconds, or holds samples
        that are no finite numbers.
    """
    wave, source_rate = read_mono(path)
    seconds = len(wave) / source_rate
    if seconds < shortest:
        raise DataError(f"{path} lasts {seconds:.3f} s; at least {shortest:g} s are needed")
    return {rate: _scaled(soxr.resample(wave, source_rate, rate, "HQ")) for rate in rates}


def _scaled(wave: Wave) -> Wave:
    """Scale a wave in place so that its highest absolute sample is 1."""
    peak = max(wave.max(), -wave.min())
    if peak > 0:
        wave /= peak
    return wave
