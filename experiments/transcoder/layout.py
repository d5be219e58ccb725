"""Third-octave levels that users bring: csv, npy or h5 files of their own sensors."""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.lib.format import read_array

from core.errors import DataError, UnknownName, suggest
from experiments.transcoder.third_octave import BANDS, FRAMES_A_SECOND, SENSITIVITY

Levels: TypeAlias = np.ndarray[Any, np.dtype[Any]]

OFFSET = -90.0
"""dB from a level of the user's to dB re full scale."""

DATASET = "fast_125ms"
"""Name of the levels in an h5 file."""

LOUDEST = 1000
"""dB that no level reaches; frequencies in Hz do."""
LOUD = 99  # percentile of the total level that the automatic offset brings to full scale
EXPECTED = f"{len(BANDS)} third-octave bands from {BANDS[0]:g} Hz to {BANDS[-1] / 1000:g} kHz"


def read_levels(
    path: Path, offset: float | Literal["auto"] = OFFSET
) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Read fast levels (125 ms) as transcoders take them: (n, frames, 29) in dB, float32.

    A csv file has a line for each frame and a column for each band, and may begin with a line of
    the bands' frequencies in Hz. An npy file, and the dataset `fast_125ms` of an h5 file, are
    (frames, 29) or (n, frames, 29).

    Parameters
    ----------
    path
        The file; its ending tells which of the three it is.
    offset
        dB from the user's levels to dB re full scale: -90 where full scale is at 90 dB. "auto"
        brings the total level that is exceeded in one frame of a hundred to full scale. Levels
        are given back with the sensitivity of the sensor, as `ThirdOctave` gives them.

    Raises
    ------
    DataError
        The file cannot be read, its bands are not the 29 that are expected, it lasts less than a
        second, or holds a level that is no finite number.
    UnknownName
        Its ending is none of these.
    """
    if path.suffix.lower() not in READERS:
        raise UnknownName("kind of third-octave file", path.suffix, READERS)
    if not path.is_file():
        raise DataError(f"there is no file {path}; give one with third-octave levels")
    levels = _checked(path, READERS[path.suffix.lower()](path))
    if offset == "auto":
        totals = 10 * np.log10((10 ** (levels / 10)).sum(axis=-1))
        offset = -float(np.percentile(totals, LOUD))
    return (levels + (offset + SENSITIVITY)).astype(np.float32)


def _checked(path: Path, levels: Levels) -> Levels:
    """Give levels as (n, frames, 29), or say what they are instead."""
    if levels.ndim not in (2, 3) or levels.shape[-1] != len(BANDS):
        raise DataError(
            f"{path} holds an array of shape {levels.shape}; (frames, {len(BANDS)}) or "
            f"(n, frames, {len(BANDS)}) is expected: {EXPECTED}"
        )
    frames = levels.shape[-2] if levels.size else 0
    if frames < FRAMES_A_SECOND:
        raise DataError(
            f"{path} has {frames} frames; one second, {FRAMES_A_SECOND} frames of "
            "125 ms, is the least that can be transcoded"
        )
    if levels.dtype.kind not in "fiu" or not np.isfinite(levels).all():
        raise DataError(f"{path} holds levels that are not finite numbers; export it again")
    if np.any(np.abs(levels) >= LOUDEST):
        raise DataError(f"{path} holds levels beyond {LOUDEST} dB; export it again")
    return levels.reshape(-1, *levels.shape[-2:]).astype(np.float64)


def _read_csv(path: Path) -> Levels:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        if lines and (frequencies := _frequencies(lines[0])):
            _compare(path, frequencies)
            del lines[0]
        if not any(lines):
            return np.empty((0, len(BANDS)))
        return np.loadtxt(lines, delimiter=",", ndmin=2, comments=None)
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is no text; a csv file of levels is expected") from error
    except ValueError as error:
        raise DataError(
            f"{path} is no csv file of levels, nor are frequencies in Hz its first line: {error}"
        ) from error


def _frequencies(line: str) -> list[float]:
    """Read a line as frequencies in Hz; nothing where these are levels."""
    try:
        numbers = [float(cell) for cell in line.split(",")]
    except ValueError:
        return []
    return numbers if max(numbers) >= LOUDEST else []


def _compare(path: Path, frequencies: list[float]) -> None:
    """Refuse a file whose bands are not the ones expected, named nominally or exactly."""
    same = len(frequencies) == len(BANDS) and np.allclose(frequencies, BANDS, rtol=0.02)
    if not same:
        raise DataError(
            f"{path} has {len(frequencies)} bands from {frequencies[0]:g} Hz to "
            f"{frequencies[-1]:g} Hz; expected are {EXPECTED}"
        )


def _read_npy(path: Path) -> Levels:
    try:
        with path.open("rb") as file:
            array: Levels = read_array(file, allow_pickle=False)
    # Damaged bytes make the reader raise anything: MemoryError, OverflowError, TokenError.
    except Exception as error:
        raise DataError(f"{path} cannot be read as an array of numbers: {error}") from error
    return array


def _read_h5(path: Path) -> Levels:
    try:
        h5py: Any = import_module("h5py")
    except ModuleNotFoundError as error:
        raise DataError(f"reading {path} needs h5py: pip install h5py") from error
    try:
        with h5py.File(path) as file:
            known = list(file)
            array: Levels = np.asarray(file[DATASET]) if DATASET in known else np.empty(0)
    except Exception as error:  # as above: KeyError, RuntimeError
        raise DataError(f"{path} cannot be read as an h5 file: {error}") from error
    if DATASET not in known:
        raise DataError(f"{path} has no dataset {DATASET!r}; {suggest(DATASET, known)}")
    return array


READERS: Mapping[str, Callable[[Path], Levels]] = {
    ".csv": _read_csv,
    ".npy": _read_npy,
    ".h5": _read_h5,
    ".hdf5": _read_h5,
}
"""What reads each kind of file, by its ending."""
