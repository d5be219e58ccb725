"""Clips for a training, in batches on a device."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from experiments.sed.material import Mixtures


@dataclass(frozen=True)
class Clips:
    """Log-mels and targets of mixtures, in batches on a device.

    On a GPU all of them lie there (0.6 GB of 8,000 clips); elsewhere a batch is read in place.
    """

    mixtures: Mixtures
    targets: Tensor
    resident: Tensor | None

    def batch(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Give log-mels (n, frames, bands) and targets (n, classes) of clips, in float32."""
        if self.resident is None:
            return torch.from_numpy(self.mixtures.logmels(rows.numpy())), self.targets[rows]
        return self.resident[rows], self.targets[rows]


def clips_on(mixtures: Mixtures, device: str) -> Clips:
    """Make the clips of mixtures ready on a device."""
    targets = torch.from_numpy(mixtures.column("target")).to(device, torch.float32)
    if device == "cpu":
        return Clips(mixtures, targets, None)
    everything = torch.from_numpy(mixtures.logmels(np.arange(len(mixtures))))
    return Clips(mixtures, targets, everything.to(device))
