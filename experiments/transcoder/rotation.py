"""Which clips of a target train, and which test, in turn."""

from typing import NamedTuple

import numpy as np

from core.errors import DataError
from experiments.transcoder.clips import Array
from experiments.transcoder.sonyc_labels import PARTS


class Turn(NamedTuple):
    """Indices of the clips that train, and of those that test."""

    train: Array
    test: Array


def turns(folds: Array) -> list[Turn]:
    """Give the turns of a target whose clips (clips,) are in these folds.

    Of the official parts "train", "validate" and "test" the first trains and the last tests, once.
    Folds test one after another, each with the clips of the others for training; a part of a
    corpus has as many turns as it has folds.

    Raises DataError where no clip tests.
    """
    names = np.unique(folds)
    if np.isin(names, PARTS).all():
        found = [Turn(np.flatnonzero(folds == "train"), np.flatnonzero(folds == "test"))]
    else:
        found = [Turn(np.flatnonzero(folds != n), np.flatnonzero(folds == n)) for n in names]
    if not any(len(turn.test) for turn in found):
        there = ", ".join(map(str, names)) or "none"
        raise DataError(f"no clip tests: the folds that are there are {there}; add the test part")
    return found
