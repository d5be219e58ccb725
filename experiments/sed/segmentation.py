"""How well time-frequency maps of probabilities agree with the ideal binary masks of events.

Q. Kong et al. (arXiv 1804.04715), section on time-frequency segmentation.
"""

import numpy as np
import torch
from sklearn.metrics import average_precision_score, roc_auc_score
from torch import Tensor

from experiments.sed.counts import Counts
from experiments.sed.detector import THRESHOLD
from experiments.sed.material import Array

# A fold has 1.6 billion probabilities: they are counted by exponent and 7 bits of the fraction,
# so that areas under curves take those that differ by less than 0.8 % for the same. Of positive
# float32, the bits as a number have the same order; shifted, the threshold is between two levels.
_BITS = 16
_ABOVE = int(np.float32(THRESHOLD).view(np.int32)) + 1
_SHIFT = -_ABOVE % (1 << _BITS)
_FIRST_ABOVE = (_ABOVE + _SHIFT) >> _BITS
_LEVELS = ((int(np.float32(1).view(np.int32)) + _SHIFT) >> _BITS) + 1


class Segmentation:
    """Scores of maps that come in batches."""

    def __init__(self, classes: int, device: str = "cpu") -> None:
        self._cells = torch.zeros(classes, _LEVELS, dtype=torch.int64, device=device)
        self._marked = self._cells.clone()

    def add(self, maps: Tensor, mask: Tensor, active: Tensor) -> None:
        """Take maps (clips, classes, frames, bands) of probabilities in [0, 1].

        A cell of a class is to be marked where the clip's ideal mask (clips, frames, bands) is,
        in the frames in which the class is active (clips, classes, frames); both are bools.
        """
        levels = (maps.float().view(torch.int32) + _SHIFT).bitwise_right_shift_(_BITS)
        for total, cells in zip(self._cells, levels.unbind(1), strict=True):
            total += torch.bincount(cells.flatten(), minlength=_LEVELS)
        clip, label = active.any(-1).nonzero(as_tuple=True)
        there = levels[clip, label] + label[:, None, None] * _LEVELS
        marked = mask[clip] & active[clip, label, :, None]
        counts = torch.bincount(there[marked], minlength=self._marked.numel())
        self._marked += counts.view_as(self._marked)

    def scores(self) -> dict[str, Array]:
        """Give `precision`, `recall`, `f1`, `auc` and `ap` (classes,), NaN for absent classes."""
        cells, marked = self._cells.cpu().numpy(), self._marked.cpu().numpy()
        hits, found = (values[:, _FIRST_ABOVE:].sum(1) for values in (marked, cells))
        counts = Counts(hits, found, marked.sum(1))
        areas = np.array([_areas(*rows) for rows in zip(cells, marked, strict=True)])
        shares = {"precision": counts.precision, "recall": counts.recall, "f1": counts.f1}
        return {**shares, "auc": areas[:, 0], "ap": areas[:, 1]}


def _areas(cells: Array, marked: Array) -> tuple[float, float]:
    """Give ROC-AUC and average precision from counts (levels,) of all cells and marked ones."""
    if not marked.any() or (marked == cells).all():
        return np.nan, np.nan
    level = np.flatnonzero(cells)
    truth = np.repeat([True, False], len(level))
    weights = np.concatenate([marked[level], (cells - marked)[level]])
    auc, ap = (
        score(truth, np.tile(level, 2), sample_weight=weights)
        for score in (roc_auc_score, average_precision_score)
    )
    return float(auc), float(ap)
