"""Which clips train and which validate."""

from collections.abc import Mapping

import numpy as np

from core.errors import DataError, UnknownName
from experiments.common.problems import some
from experiments.sed.material import Array

SELECTIONS = ("held_out", "best_on_test")


def divide(folds: Array, test: int, selection: str) -> Mapping[str, Array]:
    """Choose the clips that `train` and those that `valid`ate, by the fold of each clip.

    `held_out`: the fold after the test fold validates (the first one after the last), the others
    train; the test fold is in neither. Folds divide event files, so that no file, and no three of
    them, is heard in both parts, whichever way clips were mixed. Setting apart single clips would
    not do: mixed as published, a clip of one fold shares files with a chain of all others.
    `best_on_test`: the test fold validates and all others train, as published.

    Raises
    ------
    UnknownName
        There is no such selection, or no clip in the test fold.
    DataError
        There are too few folds.
    """
    if selection not in SELECTIONS:
        raise UnknownName("selection", selection, SELECTIONS)
    known = np.unique(folds).tolist()
    if test not in known:
        raise UnknownName("fold", test, known)
    valid = test
    if selection == "held_out":
        valid = known[(known.index(test) + 1) % len(known)]
    train = ~np.isin(folds, [test, valid])
    if not train.any():
        raise DataError(
            f"selection={selection} leaves no fold to train on; clips are in {some(known)}"
        )
    return {"train": np.flatnonzero(train), "valid": np.flatnonzero(folds == valid)}
