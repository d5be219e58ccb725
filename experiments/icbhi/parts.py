"""Which cycles train, which choose an epoch, which test."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from core import Record
from core.errors import DataError
from experiments.common.held_out import hold_out


def divide(cycles: Record, share: float, seed: int) -> dict[str, Tensor]:
    """Give the indices (n,) of the cycles in "train", "held_out" and "test", in order.

    The test part is the official one. Of the other patients a share is held out: the seed is
    that of the run, so every method of a run holds out the same patients, and runs differ in
    them. Patients who are also in the test part (the official split has two) are never held
    out: choosing an epoch by them would be a look at the test. Share 0 holds out nobody, as
    published, and there is no part "held_out".

    Raises
    ------
    DataError
        The test part or the held-out one has no normal or no abnormal cycle to score.
    """
    test, patient, label = cycles["test"], cycles["patient"], cycles["label"]
    masks = {"train": ~test, "test": test}
    if share:
        spare = np.flatnonzero(~test & ~np.isin(patient, patient[test]))
        held_out = np.zeros_like(test)
        held_out[spare] = hold_out(patient[spare], label[spare], share, seed)
        masks = {"train": ~test & ~held_out, "held_out": held_out, "test": test}
    for part in {*masks} - {"train"}:
        _check(part, label[masks[part]])
    return {part: torch.from_numpy(np.flatnonzero(mask)) for part, mask in masks.items()}


def _check(part: str, labels: np.ndarray[Any, Any]) -> None:
    normal = int((labels == 0).sum())
    if not 0 < normal < len(labels):
        raise DataError(
            f"{normal} of the {len(labels)} cycles of the part {part!r} are normal; its Sp and Se "
            "need cycles of both kinds (another share of held_out takes other patients)"
        )
