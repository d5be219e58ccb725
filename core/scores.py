"""Scores of a confusion matrix whose class 0 is the normal one.

A matrix is (classes, classes) counts, true classes in rows and answers in columns; any number of
leading axes (epochs, for instance) is kept. A score is a share between 0 and 1, and NaN where
no cycle could have counted towards it.
"""

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np

    Array: TypeAlias = np.ndarray[Any, Any]


def specificity(confusion: "Array") -> "Array":
    """Sp: the share of normal cycles that are called normal."""
    return _share(confusion[..., 0, 0], confusion[..., 0, :].sum(-1))


def sensitivity(confusion: "Array") -> "Array":
    """Se, strict: the share of abnormal cycles that are given exactly their class."""
    right = confusion.diagonal(axis1=-2, axis2=-1)[..., 1:].sum(-1)
    return _share(right, confusion[..., 1:, :].sum((-2, -1)))


def sensitivity_two_class(confusion: "Array") -> "Array":
    """Two-class Se: the share of abnormal cycles that are called abnormal, whichever class."""
    return _share(confusion[..., 1:, 1:].sum((-2, -1)), confusion[..., 1:, :].sum((-2, -1)))


def score(confusion: "Array") -> "Array":
    """Sc, the score of the ICBHI 2017 challenge: the mean of Sp and strict Se."""
    return (specificity(confusion) + sensitivity(confusion)) / 2


def _share(part: "Array", whole: "Array") -> "Array":
    import numpy as np  # listing plans must not pay for numpy

    nothing = np.full(np.shape(whole), np.nan)
    share: Array = np.divide(part, whole, out=nothing, where=whole > 0)
    return share
