"""From a recording to prepared cycles: cut, mono, resampled, faded, brought to one length."""

import math
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import as_strided

from core.errors import DataError, UnknownName
from experiments.common.sound_files import opened
from experiments.icbhi.corpus import Recording

Wave: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]

# torchaudio's default low-pass filter, which the published preparation uses.
ZERO_CROSSINGS = 6
ROLLOFF = 0.99

FADES_A_SECOND = 16  # a fade lasts 1/16 s: 1,000 samples at 16 kHz

# Output phases computed by one matrix product. Neighbouring phases read almost the same samples,
# so that a product over a few wastes little, and is large enough for BLAS.
PHASES = 16

# Multiplications in one matrix product. OpenBLAS shares larger ones among threads of its own,
# which then fight with ours: a cycle at 4 kHz takes five times as long.
PRODUCT = 1 << 18


def cut(recording: Recording) -> Iterator[Wave]:
    """Read the cycles of a recording at its own rate, channels averaged, each (frames,).

    A cycle is frames int(onset * rate) to int(offset * rate). The annotated span is read once.
    Raises DataError where the file cannot be read to its annotated end, or a cycle is empty.
    """
    rate = recording.sample_rate
    spans = [(int(cycle.onset * rate), int(cycle.offset * rate)) for cycle in recording.cycles]
    first = min(start for start, _ in spans)
    last = min(max(stop for _, stop in spans), recording.frames)
    sound = _read(recording.path, first, last)
    mono = sound if sound.ndim == 1 else sound.mean(axis=1)
    for cycle, (start, stop) in zip(recording.cycles, spans, strict=True):
        if not start < min(stop, last):
            raise DataError(f"{recording.path}: no sample lies in {cycle}")
        yield mono[start - first : stop - first]


def _read(path: Path, first: int, last: int) -> Wave:
    """Read frames from first up to last, (frames,) or (frames, channels), full scale 1."""
    with opened(path) as file:
        # Scaled here, 16-bit samples come out the same in a fifth of libsndfile's time.
        short = file.subtype == "PCM_16"
        file.seek(first)
        sound = file.read(last - first, dtype="int16" if short else "float32")
    if len(sound) < last - first:
        raise DataError(f"{path} ends before its header says; copy it again")
    if not (short or np.isfinite(sound).all()):
        raise DataError(f"{path} holds samples that are not finite numbers; export it again")
    scaled: Wave = sound * np.float32(2**-15) if short else sound
    return scaled


def resample(wave: Wave, source_rate: int, rate: int) -> Wave:
    """Resample (frames,) to (ceil(frames * rate / source_rate),) as torchaudio does by default.

    The band-limited interpolation is the one of torchaudio.functional.resample: a sinc of
    `ZERO_CROSSINGS` on each side under a Hann window. Samples outside the wave are zero.
    """
    if source_rate == rate:
        return wave
    common = math.gcd(source_rate, rate)
    step, phases = source_rate // common, rate // common
    reach, filters = _filters(step, phases)
    hops = len(wave) // step + 1
    padded = np.pad(wave, (reach, reach + step))
    out = np.empty((hops, phases), np.float32)
    for index, (start, taps) in enumerate(filters):
        # One row a hop of `step` samples; rows overlap and nothing is copied.
        rows = as_strided(padded[start:], (hops, len(taps)), (step * 4, 4), writeable=False)
        group = out[:, index * PHASES : (index + 1) * PHASES]
        some = max(1, PRODUCT // taps.size)
        for at in range(0, hops, some):
            np.matmul(rows[at : at + some], taps, out=group[at : at + some])
    return out.reshape(-1)[: -(-len(wave) * phases // step)]


@cache
def _filters(step: int, phases: int) -> tuple[int, list[tuple[int, Wave]]]:
    """Make the filters from `step` samples to `phases`: their reach, and (start, taps) by group.

    Taps are (samples read, phases of the group); what lies outside them in the group is zero.
    """
    cutoff = min(step, phases) * ROLLOFF
    reach = math.ceil(ZERO_CROSSINGS * step / cutoff)
    offsets = np.arange(-reach, step + reach)[:, None] / step - np.arange(phases) / phases
    time = np.clip(offsets * cutoff, -ZERO_CROSSINGS, ZERO_CROSSINGS)
    window = np.cos(time * math.pi / ZERO_CROSSINGS / 2) ** 2
    taps = (np.sinc(time) * window * cutoff / step).astype(np.float32)
    groups = []
    for first in range(0, phases, PHASES):
        group = taps[:, first : first + PHASES]
        used = np.flatnonzero(group.any(axis=1))  # the window is zero where time was clipped
        groups.append((int(used[0]), np.ascontiguousarray(group[used[0] : used[-1] + 1])))
    return reach, groups


def prepare_cycle(wave: Wave, source_rate: int, rate: int, pad: str, row: Wave) -> None:
    """Fill a row (samples,) at `rate` with one cycle (frames,) at `source_rate`.

    The cycle is resampled and faded in and out. One that is longer keeps its beginning. A shorter
    one is repeated and the end faded again ("circular"), or centred in silence ("zero").
    """
    if pad not in PADS:
        raise UnknownName("pad", pad, PADS)
    cycle = resample(wave, source_rate, rate)
    if source_rate == rate:
        cycle = cycle.copy()  # the fades are made in place
    points = rate // FADES_A_SECOND
    _fade_out(cycle[::-1], points)  # in the mirror, a fade-in
    _fade_out(cycle, points)
    if len(cycle) > len(row):
        row[:] = cycle[: len(row)]
    else:
        PADS[pad](cycle, row, points)


def _repeat(cycle: Wave, row: Wave, points: int) -> None:
    row[: len(cycle)] = cycle
    filled = len(cycle)
    while filled < len(row):  # what is there is copied behind itself
        row[filled : 2 * filled] = row[: min(filled, len(row) - filled)]
        filled *= 2
    _fade_out(row, points)


def _centre(cycle: Wave, row: Wave, points: int) -> None:
    left = (len(row) - len(cycle)) // 2
    row[:] = 0
    row[left : left + len(cycle)] = cycle


def _fade_out(wave: Wave, points: int) -> None:
    """Let the last samples of (frames,) go linearly from 1 to 0 times their value, in place."""
    points = min(points, len(wave))
    wave[-points:] *= np.linspace(1, 0, points, dtype=np.float32)


PADS: dict[str, Callable[[Wave, Wave, int], None]] = {"circular": _repeat, "zero": _centre}
