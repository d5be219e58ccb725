"""What a training leaves behind of every epoch."""

from collections.abc import Mapping

import torch
from torch import Tensor

from core import Output


class Curves:
    """Curves of a training of so many epochs: `arrays`, one row an epoch."""

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs
        self.arrays: dict[str, Tensor] = {}

    def note(self, epoch: int, **values: float) -> None:
        """Note figures of an epoch, counted from 0."""
        for name, value in values.items():
            self.row(name, epoch, torch.tensor(value, dtype=torch.float64))

    def row(self, name: str, epoch: int, values: Tensor) -> None:
        """Note an array of an epoch, of one shape in all epochs."""
        if name not in self.arrays:
            self.arrays[name] = torch.zeros(self.epochs, *values.shape, dtype=values.dtype)
        self.arrays[name][epoch] = values

    def shown(self, epoch: int) -> dict[str, float]:
        """Give the figures of an epoch that are worth watching: all that are single numbers."""
        return {n: float(rows[epoch]) for n, rows in self.arrays.items() if rows.ndim == 1}

    def tell(self, epoch: int, output: Output) -> None:
        """Show an epoch to who watches the run."""
        shown = self.shown(epoch)
        output.progress(epoch + 1, self.epochs, **shown)
        for name, value in shown.items():
            output.scalar(name, value, epoch + 1)

    def store(self, output: Output) -> None:
        """Put everything into a record."""
        for name, values in self.arrays.items():
            output[name] = values.numpy()

    def state_dict(self) -> dict[str, Tensor]:
        """Give the arrays, for a checkpoint."""
        return self.arrays

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Continue from the arrays of a checkpoint."""
        self.arrays = dict(state)
