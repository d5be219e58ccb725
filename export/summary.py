"""What a cell shows of a metric's runs: mean ± std, or what else is asked for by name."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from statistics import median, quantiles

from core.errors import UnknownName
from core.metric import Metric
from core.results import Cell as Found
from export.cells import Summarise, number
from export.student import quantile
from export.table import Cell

LEVEL = 0.95


@dataclass(frozen=True)
class Summary:
    """A way to show runs, and how a footnote calls it."""

    show: Summarise
    note: str


def summary(name: str) -> Summary:
    """Find a summary by name; UnknownName names the nearest."""
    if name not in SUMMARIES:
        raise UnknownName("summary of runs", name, SUMMARIES)
    return SUMMARIES[name]


def _deviation(found: Found, metric: Metric) -> Cell:
    return _plus_minus(found, metric, found.std)


def _interval(found: Found, metric: Metric) -> Cell:
    half = _quantile(found.n) * found.std / math.sqrt(found.n) if found.n > 1 else math.nan
    return _plus_minus(found, metric, half)


def _extremes(found: Found, metric: Metric) -> Cell:
    return _bracketed(found, metric, found.mean, [min(found.numbers), max(found.numbers)])


def _quartiles(found: Found, metric: Metric) -> Cell:
    # The method of numpy and of most papers: the quartiles are runs, or lie between two.
    cuts = quantiles(found.numbers, n=4, method="inclusive") if found.n > 1 else []
    return _bracketed(found, metric, median(found.numbers), cuts[::2])


def _runs(found: Found, metric: Metric) -> Cell:
    return _bracketed(found, metric, found.mean, found.numbers)


SUMMARIES = {
    "mean±std": Summary(_deviation, "mean ± standard deviation"),
    "interval": Summary(_interval, f"mean ± half of its {LEVEL:.0%} interval (Student's t)"),
    "min-max": Summary(_extremes, "mean [lowest, highest]"),
    "median": Summary(_quartiles, "median [first quartile, third quartile]"),
    "runs": Summary(_runs, "mean [each run]"),
}


def _plus_minus(found: Found, metric: Metric, deviation: float) -> Cell:
    mean, deviation = found.mean * metric.scale, deviation * metric.scale
    std = number(deviation, metric.precision) if math.isfinite(deviation) else ""
    return Cell(number(mean, metric.precision), std=std, mean=mean, deviation=deviation)


def _bracketed(found: Found, metric: Metric, centre: float, spread: Sequence[float]) -> Cell:
    centre *= metric.scale
    texts = [number(value * metric.scale, metric.precision) for value in spread]
    within = f"[{', '.join(texts)}]" if found.n > 1 else ""
    return Cell(number(centre, metric.precision), spread=within, mean=centre)


@cache
def _quantile(n: int) -> float:
    """Give how many standard errors the interval reaches to each side."""
    return float(quantile(LEVEL, n - 1))
