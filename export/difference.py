"""How far our result lies from a published figure."""

import math
from dataclasses import replace

from core.metric import Metric
from core.results import Cell as Found
from export.cells import difference
from export.published import PublishedRow
from export.table import Cell, Difference
from export.testing import welch

SMALLEST = 0.001  # a p-value below it is shown as that


def with_difference(cell: Cell, row: PublishedRow, ours: Found, metric: Metric) -> Cell:
    """Set ours − published below a published figure, with p of Welch's test where it has one.

    The test needs mean, standard deviation and n of both, n from 2. Rows that cannot be compared
    with ours, and figures that we have no number for, are left as they are.
    """
    mean = ours.mean * metric.scale
    if not row.comparable or not math.isfinite(cell.mean) or not math.isfinite(mean):
        return cell
    deviation = ours.std * metric.scale
    p = welch((mean, deviation, ours.n), (cell.mean, cell.deviation, cell.n))
    value = mean - cell.mean
    text = difference(value, metric.precision)
    return replace(cell, difference=Difference(text, _shown(p), value, p))


def _shown(p: float) -> str:
    if math.isnan(p):
        return ""
    return f"(p<{SMALLEST:g})" if p < SMALLEST else f"(p={p:.3f})"
