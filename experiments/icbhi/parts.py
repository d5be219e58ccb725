"""Which cycles train, which choose an epoch, which test."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor

from core import Record, Setting
from core.errors import DataError, UnknownName
from experiments.common.held_out import hold_out
from experiments.icbhi.folds import in_fold

Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]


def in_test(cycles: Record, setting: Setting) -> Mask:
    """Tell of each cycle (n,) whether it is in the test part; reads `split` and `fold`."""
    return _split(cycles, setting)[1]


def divide(cycles: Record, setting: Setting, seed: int) -> dict[str, Tensor]:
    """Give the indices (n,) of the cycles in "train", "held_out" and "test", in order.

    Reads the factors `split`, `fold` and `held_out`. Of the patients who do not test a share is
    held out: the seed is that of the run, so every method of a run holds out the same patients,
    and runs differ in them. Patients who are also in the test part (the official split has two)
    are never held out: choosing an epoch by them would be a look at the test. Share 0 holds out
    nobody, as published, and there is no part "held_out".

    Raises
    ------
    DataError
        The test part or the held-out one has no normal or no abnormal cycle to score.
    """
    patient, label = cycles["patient"], cycles["label"]
    train, test = _split(cycles, setting)
    masks = {"train": train, "test": test}
    if setting.held_out:
        spare = np.flatnonzero(train & ~np.isin(patient, patient[test]))
        held_out = np.zeros_like(test)
        held_out[spare] = hold_out(patient[spare], label[spare], setting.held_out, seed)
        masks = {"train": train & ~held_out, "held_out": held_out, "test": test}
    for part in {*masks} - {"train"}:
        _check(part, label[masks[part]])
    return {part: torch.from_numpy(np.flatnonzero(mask)) for part, mask in masks.items()}


def _split(cycles: Record, setting: Setting) -> tuple[Mask, Mask]:
    """Tell of each cycle (n,) whether it may train, and whether it tests."""
    if setting.split not in SPLITS:
        raise UnknownName("split", setting.split, SPLITS)
    return SPLITS[setting.split](cycles, setting)


def _official(cycles: Record, setting: Setting) -> tuple[Mask, Mask]:
    return ~cycles["test"], cycles["test"]


def _official_minus_leak(cycles: Record, setting: Setting) -> tuple[Mask, Mask]:
    """Leave those who test out of the training, so that scores stay comparable."""
    test, patient = cycles["test"], cycles["patient"]
    return ~np.isin(patient, patient[test]), test


def _five_fold(cycles: Record, setting: Setting) -> tuple[Mask, Mask]:
    test = in_fold(cycles["patient"], setting.fold)
    return ~test, test


SPLITS: Mapping[str, Callable[[Record, Setting], tuple[Mask, Mask]]] = {
    "official": _official,
    "official_minus_leak": _official_minus_leak,
    "five_fold": _five_fold,
}


def _check(part: str, labels: np.ndarray[Any, Any]) -> None:
    normal = int((labels == 0).sum())
    if not 0 < normal < len(labels):
        raise DataError(
            f"{normal} of the {len(labels)} cycles of the part {part!r} are normal; its Sp and Se "
            "need cycles of both kinds (another share of held_out takes other patients)"
        )
