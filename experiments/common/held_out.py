"""Groups (patients, recordings) set apart from training for choosing an epoch."""

from typing import Any, TypeAlias

import numpy as np

from core.errors import DataError

Array: TypeAlias = np.ndarray[Any, Any]
DRAWS = 500


def hold_out(groups: Array, labels: Array, share: float, seed: int) -> Array:
    """Draw whole groups to hold out, and say of each row whether it is in one of them.

    Of many random draws of `share` of the groups (at least one), the one is taken whose share
    of every class is nearest to `share`. It depends on the data and the seed alone.

    Raises
    ------
    DataError
        There are fewer than two groups, so that none can be spared.
    """
    names, group = np.unique(groups, return_inverse=True)
    if len(names) < 2:
        raise DataError(f"{len(names)} group cannot be divided; held_out needs two or more")
    counts = np.zeros((len(names), labels.max() + 1))
    np.add.at(counts, (group, labels), 1)
    number = min(max(round(share * len(names)), 1), len(names) - 1)
    random = np.random.default_rng(seed)
    draws = np.argsort(random.random((DRAWS, len(names))), axis=1) < number
    shares = draws @ counts / np.maximum(counts.sum(0), 1)
    best = np.abs(shares - share).max(1, where=counts.sum(0) > 0, initial=0).argmin()
    held: Array = draws[best][group]
    return held
