"""The table of FSDKaggle2018's training sounds: the class of each, and whether it is verified.

Zenodo's `train_post_competition.csv` and Kaggle's `train.csv` have the same rows in the same order,
which the published folds hang on; the former adds who recorded each sound and under which licence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import DataError
from experiments.common.problems import check_known, noted, refuse
from experiments.common.tables import find_table, read_table
from experiments.sed.classes import CLASSES
from experiments.sed.material import Array

TABLES = ("train_post_competition.csv", "train.csv")
COLUMNS = ("fname", "label", "manually_verified")

_INDEX = {name: index for index, name in enumerate(CLASSES)}


@dataclass(frozen=True, eq=False)
class Labels:
    """The rows of the table, in its order.

    Attributes
    ----------
    fname:
        (n,) text, names of the files, such as "00044347.wav".
    label:
        (n,) int, indices of CLASSES.
    verified:
        (n,) bool, whether a person has checked the label.
    """

    fname: Array
    label: Array
    verified: Array


def find_labels(folder: Path, files: Sequence[Path]) -> Path:
    """Find the table among the files of a folder; raises DataError where there is none."""
    for name in TABLES:
        if table := find_table(folder, files, name):
            return table
    raise DataError(
        f"{folder} lacks {' or '.join(TABLES)}, the table that says which sound is what"
    )


def read_labels(path: Path) -> Labels:
    """Read the table; raises DataError, which names the rows, where a label is unknown."""
    problems: list[str] = []
    rows: list[tuple[str, int, bool]] = []
    for where, cells in read_table(path, COLUMNS):
        with noted(problems):
            rows.append(_row(where, cells))
    refuse(problems)
    fname, label, verified = zip(*rows, strict=True)
    return Labels(np.array(fname), np.array(label), np.array(verified))


def _row(where: str, cells: Sequence[str]) -> tuple[str, int, bool]:
    fname, label, verified = cells
    check_known(where, "label", label, _INDEX)
    if verified not in ("0", "1"):
        raise DataError(f"{where}: manually_verified is {verified!r}; 0 or 1 is expected")
    return fname, _INDEX[label], verified == "1"
