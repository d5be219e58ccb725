"""What cycles can be told apart by: their class, the patient's sex and age group, and both."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor

from core import Record
from core.errors import DataError, UnknownName
from experiments.icbhi.metadata import ADULT_FROM, CLASSES

Column: TypeAlias = np.ndarray[Any, np.dtype[Any]]

SEXES = ("M", "F")
# In the words of the paper: s is the sex, a the age group, c the class.
LABELS: Mapping[str, tuple[str, ...]] = {
    "class": ("class",),
    "sex": ("sex",),
    "age": ("age",),
    "sa": ("sex", "age"),
    "sc": ("sex", "class"),
    "ac": ("age", "class"),
    "sac": ("sex", "age", "class"),
}
"""What each label distinguishes."""


def labels_of(cycles: Record, name: str, trained: Tensor) -> Tensor:
    """Number the cycles' labels (n,): equal numbers, equal class, sex and age group.

    Age groups are adults, from 18 years, and children. Among the cycles at the indices
    `trained` none may be without what the label distinguishes; elsewhere that is -1.

    Raises
    ------
    UnknownName
        There is no such label.
    DataError
        Sex or age of a patient who trains is not known.
    """
    if name not in LABELS:
        raise UnknownName("label", name, LABELS)
    numbers = np.zeros(len(cycles["label"]), np.int64)
    for kind in LABELS[name]:
        digits, base = _digits(cycles, kind)
        unknown = (digits < 0) | (numbers < 0)
        numbers = np.where(unknown, -1, numbers * base + digits)
    labels = torch.from_numpy(numbers)
    _check(cycles["patient"][trained.numpy()], numbers[trained.numpy()], name)
    return labels


def _digits(cycles: Record, kind: str) -> tuple[Column, int]:
    """Give one digit of the number for each cycle, -1 where it is not known, and its base."""
    if kind == "class":
        return cycles["label"].astype(np.int64), len(CLASSES)
    if kind == "sex":
        known = cycles["sex"]
        return np.select([known == sex for sex in SEXES], range(len(SEXES)), -1), len(SEXES)
    age = cycles["age"]
    return np.where(np.isnan(age), -1, age < ADULT_FROM), 2


def _check(patients: Column, numbers: Column, name: str) -> None:
    without = np.unique(patients[numbers < 0])
    if len(without):
        wanted = " and ".join(kind for kind in LABELS[name] if kind != "class")
        raise DataError(
            f"the label {name!r} needs {wanted} of everyone who trains, and the demographics lack "
            f"them for patient {', '.join(map(str, without))}; complete that file, or choose "
            "another label"
        )
