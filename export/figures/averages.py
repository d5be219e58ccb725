"""Mean and spread over runs; NaN is no value."""

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from core.errors import UnknownName
from export.student import quantile

Array: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
Spread: TypeAlias = Literal["std", "interval"]
SPREADS: tuple[str, ...] = get_args(Spread)
NAMES = {"std": "mean ± std", "interval": "mean with its 95 % interval"}


def check_spread(name: str) -> Spread:
    """Find a spread by name; UnknownName names the nearest."""
    if name not in SPREADS:
        raise UnknownName("spread", name, SPREADS)
    return "interval" if name == "interval" else "std"


def stacked(runs: Sequence[Array]) -> Array:
    """Stack curves (runs, longest); what a shorter one lacks is NaN."""
    longest = max(len(run) for run in runs)
    whole = np.full((len(runs), longest), np.nan)
    for row, run in zip(whole, runs, strict=True):
        row[: len(run)] = run
    return whole


def average(values: Array, spread: Spread = "std") -> tuple[Array, Array]:
    """Average over the first axis, and how far the values spread around it.

    The spread is the sample standard deviation, or half the 95 % interval of the mean (Student's
    t); 0 where there is one value only. Both are NaN where there is none.
    """
    values = np.asarray(values, dtype=np.float64)
    there = np.isfinite(values)
    n = there.sum(axis=0)
    total = np.where(there, values, 0).sum(axis=0)
    mean = np.divide(total, n, out=np.full(np.shape(n), np.nan), where=n > 0)
    squares = np.where(there, (values - mean) ** 2, 0).sum(axis=0)
    std = np.sqrt(squares / np.maximum(n - 1, 1))
    half = std if spread == "std" else std * _quantile(n) / np.sqrt(np.maximum(n, 1))
    return mean, np.where(n > 0, half, np.nan)


def _quantile(n: "np.ndarray[Any, Any]") -> Array:
    return np.where(n > 1, quantile(0.95, np.maximum(n - 1, 1)), 0)
