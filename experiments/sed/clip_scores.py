"""Scores of clips: which classes they have, by probabilities and at a threshold."""

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from experiments.sed.material import Array


def average_precision(present: Array, probabilities: Array) -> Array:
    """Give the average precision of each class (classes,), NaN for one that no clip has.

    Both are (clips, classes), `present` bools. The mean over classes is macro-AP.
    """
    found = np.full(present.shape[1], np.nan)
    there = present.any(0)
    if there.any():
        answers = (present[:, there], probabilities[:, there])
        found[there] = average_precision_score(*answers, average=None)
    return found


def micro_average_precision(present: Array, probabilities: Array) -> float:
    """Give the average precision of all decisions (clips, classes) taken together."""
    if not present.any():
        return float("nan")
    return float(average_precision_score(present, probabilities, average="micro"))


def area_under_roc(present: Array, probabilities: Array) -> Array:
    """Give the area under each class's ROC (classes,), NaN where all clips have it, or none."""
    found = np.full(present.shape[1], np.nan)
    there = present.any(0) & ~present.all(0)
    if there.any():
        found[there] = roc_auc_score(present[:, there], probabilities[:, there], average=None)
    return found
