"""Arrays of many sounds, analysed by several threads; what is analysed before a kill is kept."""

import json
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias, TypeVar

import numpy as np
from numpy.lib.format import (
    dtype_to_descr,
    read_array_header_1_0,
    read_magic,
    write_array_header_1_0,
)

from core import Output
from core.errors import DataError, Stopped
from experiments.common.problems import noted, refuse

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]
Sound = TypeVar("Sound")

SOUNDS = 64  # analysed between two saves: a kill loses some seconds of work
STATE = "state.json"
LOG = logging.getLogger(__name__)


def gather(
    sounds: Sequence[Sound],
    analyse: Callable[[Sound], Mapping[str, Array]],
    output: Output,
    threads: int,
) -> dict[str, Array]:
    """Join the arrays that `analyse` gives of each sound, in order, as arrays of the record.

    A sound is a path, or whatever else `analyse` finds it by; its text tells it from the others.
    Gives how many rows each has in each array: {name: (sounds,)}. What an earlier attempt has
    analysed is not analysed again. `analyse` is called by several threads at once.

    Raises
    ------
    DataError
        `analyse` raises it: all sounds are tried, and the message tells what failed.
    Stopped
        Somebody needs the machine; what is done is kept.
    """
    growth = Growth(output.checkpoint, [str(sound) for sound in sounds])
    problems: list[str] = []
    with ThreadPoolExecutor(threads) as pool:
        for first in range(growth.sounds, len(sounds), SOUNDS):
            if output.stopping:
                raise Stopped(f"asked to stop, {growth.sounds} of {len(sounds)} are analysed")
            some = sounds[first : first + SOUNDS]
            found = []
            for future in [pool.submit(analyse, sound) for sound in some]:
                with noted(problems):
                    found.append(future.result())
            if not problems:  # arrays grow in order: after a bad sound none is kept
                growth.append(found)
            output.progress(first + len(some), len(sounds))
    for problem in problems:
        LOG.error(problem)  # all of them, where the error tells the first
    refuse(problems)
    return growth.move(output.folder)


def share_of(sounds: Sequence[Sound], index: int, count: int) -> Sequence[Sound]:
    """Give one of `count` shares of some sounds, the same number to each or one more.

    Raises DataError where there are fewer sounds than shares.
    """
    if len(sounds) < count:
        raise DataError(
            f"{len(sounds)} sounds cannot be divided into {count} shares; "
            f"{'take fewer shares' if sounds else 'there is nothing to prepare'}"
        )
    return sounds[len(sounds) * index // count : len(sounds) * (index + 1) // count]


class Growth:
    """Arrays on disk that grow with the sounds analysed, saved after each growth.

    They are written once, as .npy whose header, which leaves room for it, is told the rows at the
    end. `rows` has the rows of each sound so far, by array.
    """

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self._folder = folder
        self._names = list(names)
        self._sizes: dict[str, int] = {}
        self.rows: dict[str, list[int]] = {}
        self._restore()

    @property
    def sounds(self) -> int:
        """How many sounds are in the arrays."""
        return max(map(len, self.rows.values()), default=0)

    def append(self, found: Sequence[Mapping[str, Array]]) -> None:
        """Add what was found of the next sounds."""
        for name in found[0]:
            self._append(name, np.concatenate([one[name] for one in found]))
            self.rows.setdefault(name, []).extend(len(one[name]) for one in found)
        state = {"names": self._names, "sizes": self._sizes, "rows": self.rows}
        part = self._folder / f"{STATE}.part"
        part.write_text(json.dumps(state))
        part.replace(self._folder / STATE)

    def move(self, folder: Path) -> dict[str, Array]:
        """Finish the arrays and move them to a folder; give the rows of each sound."""
        for name, rows in self.rows.items():
            path = self._path(name)
            with path.open("r+b") as file:
                read_magic(file)
                shape, _, dtype = read_array_header_1_0(file)
                file.seek(0)
                _write_header(file, dtype, (sum(rows), *shape[1:]))
            path.rename(folder / path.name)
        return {name: np.array(rows) for name, rows in self.rows.items()}

    def _append(self, name: str, array: Array) -> None:
        path = self._path(name)
        path.touch()
        with path.open("r+b") as file:
            if name in self._sizes:
                file.seek(self._sizes[name])
                file.truncate()  # what was written and not saved before a kill
            else:
                _write_header(file, array.dtype, (0, *array.shape[1:]))
            array.tofile(file)
            file.flush()
            os.fsync(file.fileno())  # the state, which is replaced after it, must not say more
            self._sizes[name] = file.seek(0, os.SEEK_END)

    def _restore(self) -> None:
        """Go on where an earlier attempt at these very sounds was, if its arrays are there."""
        try:
            state = json.loads((self._folder / STATE).read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return
        if state["names"] == self._names and self._has(state["sizes"]):
            self._sizes, self.rows = state["sizes"], state["rows"]

    def _has(self, sizes: Mapping[str, int]) -> bool:
        paths = {self._path(name): size for name, size in sizes.items()}
        return all(path.exists() and path.stat().st_size >= size for path, size in paths.items())

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.npy"


def _write_header(file: BinaryIO, dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    header = {"descr": dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    write_array_header_1_0(file, header)
