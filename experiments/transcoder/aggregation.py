"""Classes of a target from a teacher's scores by the groups that stand for them: no training."""

from collections.abc import Sequence

import numpy as np

from experiments.transcoder.clips import Array

PRESENT = 8
"""How many of the highest groups and classes are taken for present, as published."""


def group_maxima(scores: Array, groups: Sequence[Array]) -> Array:
    """Give the highest score of each group (clips, groups) from scores (clips, classes) in [0, 1].

    `groups` are indices of classes. A group without any, which a teacher of few classes may not
    know, has the score 0.
    """
    return np.stack([scores[:, group].max(axis=1, initial=0) for group in groups], axis=1)


def highest(maxima: Array) -> Array:
    """Give the group with the highest score (clips,); of equals the last one, as published."""
    last: Array = maxima.shape[1] - 1 - maxima[:, ::-1].argmax(axis=1)
    return last


def among_highest(scores: Array, groups: Sequence[Array], count: int = PRESENT) -> Array:
    """Tell which groups are present (clips, groups): those among the `count` highest.

    They compete with every class that is in no group; of equals the later wins, classes after
    groups.
    """
    maxima = group_maxima(scores, groups)
    alone = np.setdiff1d(np.arange(scores.shape[1]), np.concatenate(groups))
    rivals = np.concatenate([maxima, scores[:, alone]], axis=1)
    better = [
        (rivals > own[:, None]).sum(axis=1) + (rivals[:, i + 1 :] == own[:, None]).sum(axis=1)
        for i, own in enumerate(maxima.T)
    ]
    return np.stack(better, axis=1) < count
