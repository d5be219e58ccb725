"""A metric against what it costs: computing time, or another metric."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, MaxNLocator

from core.metric import Metric
from export.figures.averages import NAMES, average
from export.figures.legend import add_legend, check_number
from export.figures.reading import Rows
from export.figures.style import COLOURS, MARKERS, Look, colour, logarithmic, marker, page, styled

MOST = len(COLOURS) * len(MARKERS)
MANY = 1000  # costs from here on are written as 64k or 4.8M
WIDE = 8  # times; costs that span more are drawn on a logarithmic axis


@dataclass(frozen=True)
class Point:
    """One run: its cost, and its value as stored."""

    cost: float
    value: float


def time_unit(seconds: Sequence[float]) -> tuple[str, float]:
    """Choose the unit in which times read best, and how many seconds it has."""
    middle = float(np.median(seconds)) if len(seconds) else 0
    if middle < 120:
        return "s", 1
    return ("min", 60) if middle < 7200 else ("hours", 3600)


@styled
def figure(rows: Rows[Point], metric: Metric, label: str) -> Figure:
    """Draw a point for each row at its mean cost and mean value, with bars of their std.

    `label` stands at the axis of costs.
    """
    check_number(rows.labels, MOST, "rows")
    drawn = page(2.15)
    axes = drawn.add_subplot()
    handles = []
    means = []
    for place, series in enumerate(rows.series):
        both = np.array([(p.cost, p.value * metric.scale) for p in series.runs])
        (x, y), (dx, dy) = average(both)
        bars: Look = {"xerr": dx, "yerr": dy, "elinewidth": 0.7} if len(both) > 1 else {}
        look: Look = {"color": colour(place), "fmt": marker(place), "ms": 4.5, "mew": 0}
        handles.append(axes.errorbar(x, y, zorder=3, **bars, **look).lines[0])
        means.append(float(x))
    there = [mean for mean in means if np.isfinite(mean)]
    if there and min(there) > 0 and max(there) / min(there) >= WIDE:
        logarithmic(axes, min(there), max(there))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    if there and min(there) >= MANY:
        axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    axes.set(xlabel=label, ylabel=metric.title)
    axes.margins(0.08)
    add_legend(drawn, handles, rows.labels, rows.titled(NAMES["std"]))
    return drawn
