"""Global pooling: one number for all cells in which a class may be.

These heads read class maps (n, classes, frames, bands), before the sigmoid.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from experiments.sed.answer import Detection

DECAY = 0.9998


class GlobalPooling(nn.Module):
    """The sigmoid of each cell, pooled over all of them; a frame is the mean of its cells.

    `pool` reduces the last axis of (n, classes, cells).
    """

    def __init__(self, pool: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.pool = pool

    def forward(self, maps: Tensor) -> Detection:
        """Detect classes by their maps (n, classes, frames, bands)."""
        cells = maps.sigmoid()
        return Detection(clips=self.pool(cells.flatten(2)), frames=cells.mean(-1), cells=cells)


class WeightedRank(nn.Module):
    """Global weighted rank pooling: a mean of numbers by rank, the highest weighs most.

    The k-th highest, from 0, weighs decay^k (Kolesnikov and Lampert, 2016). A decay of 0 is the
    maximum, of 1 the mean. The weights are a buffer: they move with the network and are saved.
    """

    weights: Tensor

    def __init__(self, size: int, decay: float = DECAY) -> None:
        super().__init__()
        ranks = torch.full((size,), decay, dtype=torch.float64) ** torch.arange(size)
        self.register_buffer("weights", (ranks / ranks.sum()).float())

    def forward(self, values: Tensor) -> Tensor:
        """Reduce the last axis of (…, size)."""
        return values.sort(dim=-1, descending=True).values @ self.weights


def maximum(values: Tensor) -> Tensor:
    """Reduce the last axis to its highest value, which alone gets a gradient."""
    return values.max(dim=-1).values


def mean(values: Tensor) -> Tensor:
    """Reduce the last axis to its mean."""
    return values.mean(dim=-1)
