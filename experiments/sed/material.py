"""Mixtures gathered from the shares of their preparation, read in place."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from core import Record

Array: TypeAlias = np.ndarray[Any, Any]

CHUNK = 256  # clips read at once for statistics, 20 MB
CONSTANT = 1e-5  # a band whose standard deviation is below holds one number, but for rounding


@dataclass(frozen=True)
class Shape:
    """Frames and bands of a clip, and classes."""

    frames: int
    bands: int
    classes: int


@dataclass(frozen=True)
class Mixtures:
    """Clips in the order of the shares; all arrays have a row for each."""

    shares: Sequence[Record]

    def column(self, name: str) -> Array:
        """Give what is known of each clip, (clips, …)."""
        return np.concatenate([share[name] for share in self.shares])

    @cached_property
    def shape(self) -> Shape:
        """What there is of each clip."""
        _, frames, bands = self._logmels[0].shape
        return Shape(frames, bands, self.shares[0]["target"].shape[1])

    def logmels(self, rows: Array) -> Array:
        """Read log-mels (rows, frames, bands) of some clips, in any order; they are a copy."""
        found = np.empty((len(rows), self.shape.frames, self.shape.bands), dtype=np.float32)
        share = np.searchsorted(self._bounds, rows, side="right") - 1
        for index in np.unique(share):
            here = share == index
            found[here] = self._logmels[index][rows[here] - self._bounds[index]]
        return found

    def statistics(self, rows: Array) -> tuple[Array, Array]:
        """Give mean and standard deviation of each band, (bands,), over some clips' frames.

        The deviation of a band that is constant is given as 1.
        """
        count, sums, squares = 0, np.zeros(()), np.zeros(())
        for start in range(0, len(rows), CHUNK):
            # A hundred million squares of numbers near -18: float32 would lose the deviation.
            frames = np.concatenate(self.logmels(rows[start : start + CHUNK])).astype(np.float64)
            sums = sums + frames.sum(0)
            squares = squares + (frames**2).sum(0)
            count += len(frames)
        mean = sums / count
        std = np.sqrt(np.maximum(squares / count - mean**2, 0))
        return mean, np.where(std < CONSTANT, 1, std)

    def __len__(self) -> int:
        return int(self._bounds[-1])

    @cached_property
    def _logmels(self) -> list[Array]:
        return [share["logmel"] for share in self.shares]

    @cached_property
    def _bounds(self) -> Array:
        """The first clip of each share, and the number of clips."""
        return np.cumsum([0, *map(len, self._logmels)])
