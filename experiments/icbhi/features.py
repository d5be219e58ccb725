"""From prepared cycles to what a network reads, kept in memory for the whole training."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor

from core import Record, Setting
from pann import ICBHI, LogMel, normalise, published_coin, spec_augment, standardise

CHUNK = 128  # waveforms analysed at once
PUBLISHED_FRAMES = 251  # of 8 s cycles, in which masks are up to 40 frames wide
PUBLISHED_WIDTH = 40


@dataclass(frozen=True)
class Features:
    """Log-mels of all cycles (n, 1, mel, frames) on the device, and the way from there.

    Log-mels do not change over the epochs and are computed once. They are normalised once as
    well, unless that is done over a batch, whose members change.
    """

    logmels: Tensor
    over_batch: bool
    scale: tuple[float, float] | None = None

    def batch(self, indices: Tensor) -> Tensor:
        """Give the normalised log-mels of some cycles."""
        logmels = self.logmels[indices]
        return normalise(logmels, "batch") if self.over_batch else logmels

    def finish(self, normalised: Tensor) -> Tensor:
        """Shift and scale normalised log-mels to what a network reads."""
        return standardise(normalised, *self.scale) if self.scale else standardise(normalised)

    def view(self, normalised: Tensor, specaugment: str, generator: Generator) -> Tensor:
        """Give what a network reads in training, by SpecAugment.

        "always" blanks bands and spans with the mean, as its authors do (Park et al., 2019).
        "published" blanks them with the lowest value, in 84 % of the views.
        """
        if specaugment == "always":
            return _mask(self.finish(normalised), generator)
        coin = published_coin(generator)
        return self.finish(_mask(normalised, generator) if coin else normalised)


def load_features(cycles: Record, train: Tensor, setting: Setting, device: str) -> Features:
    """Analyse prepared cycles; what is measured is measured over those at the indices `train`.

    Reads the factors `normalise` (over a batch, an example, or the training data) and
    `standardise` ("published" constants, or mean and deviation "measured").
    """
    logmels = analyse(cycles["waveforms"], setting.sample_rate, device)
    train = train.to(device)
    over_batch = setting.normalise == "batch"
    if setting.normalise == "dataset":
        known = logmels[train]
        bounds = (float(known.amin()), float(known.amax()))
        logmels = normalise(logmels, "dataset", bounds)
    elif not over_batch:
        logmels = normalise(logmels, setting.normalise)
    if setting.standardise == "published":
        return Features(logmels, over_batch)
    # The extremes of a large batch are near those of all the training data, taken as one batch.
    values = normalise(logmels[train], "batch") if over_batch else logmels[train]
    return Features(logmels, over_batch, (float(values.mean()), float(values.std())))


@torch.no_grad()
def analyse(waveforms: np.ndarray[Any, Any], sample_rate: int, device: str) -> Tensor:
    """Give log-mels (n, 1, mel, frames) in dB of waveforms (n, samples)."""
    front_end = LogMel(replace(ICBHI, sample_rate=sample_rate)).to(device)
    chunks = (waveforms[at : at + CHUNK] for at in range(0, len(waveforms), CHUNK))
    return torch.cat([front_end(torch.tensor(chunk, device=device)) for chunk in chunks])


def _mask(features: Tensor, generator: Generator) -> Tensor:
    """Blank bands and spans with 0; those of shorter cycles than 8 s are narrower in proportion."""
    width = round(PUBLISHED_WIDTH * features.shape[-1] / PUBLISHED_FRAMES)
    return spec_augment(features, generator, time_width=width)
