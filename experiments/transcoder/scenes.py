"""The prepared seconds of a corpus of scenes, gathered from the shares of its preparation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core import Record, Setting
from experiments.transcoder.clips import Array
from experiments.transcoder.tau_parts import divide, selected

SECONDS = 10
"""One-second chunks of a file; they follow each other, file by file."""


@dataclass(frozen=True)
class Scenes:
    """Files of 10 s in the order of the shares, read in place."""

    shares: Sequence[Record]

    def column(self, name: str) -> Array:
        """Give what is known of each file, (files,)."""
        return np.concatenate([share[name] for share in self.shares])

    def read(self, name: str, files: Array) -> Array:
        """Read an array of some files, given by ascending indices: (10 * files, …)."""
        found = [
            share[name][chunks(files[(first <= files) & (files < last)] - first)]
            for share, first, last in zip(
                self.shares, self._bounds[:-1], self._bounds[1:], strict=True
            )
        ]
        return np.concatenate(found)

    def batches(self, name: str, size: int) -> Iterator[Array]:
        """Read an array of all files in batches of so many seconds, in order; they are copies."""
        for share in self.shares:
            array = share[name]
            for start in range(0, len(array), size):
                yield np.array(array[start : start + size])

    def part(self, setting: Setting, name: str) -> Array:
        """Give the indices of the files in the part `train`, `valid` or `eval` of a setting.

        With split=none each part is all files, for transcoders that were trained elsewhere.
        """
        files = np.flatnonzero(selected(self, setting.dataset))
        if setting.split == "none":
            return files
        found: Array = files[divide(self.column("city")[files], setting.split) == name]
        return found

    def __len__(self) -> int:
        return int(self._bounds[-1])

    @cached_property
    def _bounds(self) -> Array:
        """The first file of each share, and the number of files."""
        return np.cumsum([0, *(len(share["names"]) for share in self.shares)])


def chunks(files: Array) -> Array:
    """Give the rows of some files' chunks, (10 * files,)."""
    return (np.asarray(files)[:, None] * SECONDS + np.arange(SECONDS)).ravel()
