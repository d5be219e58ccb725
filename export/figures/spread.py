"""The runs of each row of the table: a strip of points, and a box where they are many."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from core.metric import Metric
from export.figures.averages import Array
from export.figures.legend import check_number, wrapped
from export.figures.reading import Rows
from export.figures.style import GREY, colour, page, styled

MOST = 40
BOXED = 5  # runs; the quartiles of fewer are hardly more than the runs
STEP = 0.11  # between points that would touch, in rows
HEIGHT = 0.24  # inches a row


@styled
def figure(rows: Rows[float], metric: Metric) -> Figure:
    """Draw each run's value (as stored), the mean as a bar, and a box of quartiles.

    Whiskers reach the outermost runs within 1.5 interquartile ranges (Tukey).
    """
    check_number(rows.labels, MOST, "rows")
    labels = [wrapped(label, 28) if label else metric.name for label in rows.labels]
    heights = np.array([1 + 0.5 * label.count("\n") for label in labels])  # in rows of one line
    places = np.cumsum(heights) - heights / 2
    drawn = page(HEIGHT * heights.sum() + 0.65)
    axes = drawn.add_subplot()
    values = [metric.scale * np.array(s.runs, dtype=np.float64) for s in rows.series]
    values = [v[np.isfinite(v)] for v in values]
    everything = np.concatenate(values)
    apart = 0.02 * max(float(np.ptp(everything)), 1e-12) if everything.size else 1.0
    for place, runs in zip(places, values, strict=True):
        _draw(axes, runs, place, apart)
    axes.set(xlabel=metric.title, ylim=(heights.sum(), 0))
    axes.set_yticks(places, labels)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", lw=0.4, color="0.9")
    axes.set_axisbelow(True)
    axes.margins(x=0.06)
    note = f"{rows.title}; points: runs, bar: mean"
    boxed = any(len(runs) >= BOXED for runs in values)
    drawn.supxlabel(wrapped(note + ("; box: quartiles" if boxed else ""), 68), size=7)
    return drawn


def spread(values: Sequence[float], apart: float) -> list[int]:
    """Give each value a height, 0 or steps up and down, so that none touches another."""
    taken: dict[int, float] = {}
    heights = [0] * len(values)
    for place in sorted(range(len(values)), key=values.__getitem__):
        for step in (0, 1, -1, 2, -2, 3, -3):
            if values[place] - taken.get(step, -np.inf) >= apart:
                break
        taken[step] = values[place]
        heights[place] = step
    return heights


def _draw(axes: Axes, runs: Array, place: float, apart: float) -> None:
    """Draw the runs of a row, their mean, and their box."""
    if len(runs) >= BOXED:
        _box(axes, runs, place)
    if len(runs):
        mean = [runs.mean()] * 2
        axes.plot(mean, [place - 0.3, place + 0.3], color="black", lw=1.2, zorder=3)
    beside = place + STEP * np.array(spread(list(runs), apart))
    axes.plot(runs, beside, "o", ms=2.8, mew=0, color=colour(0), alpha=0.8, zorder=4)


def _box(axes: Axes, runs: Array, place: float) -> None:
    line = {"color": GREY, "lw": 0.7}
    axes.boxplot(
        [runs],
        positions=[place],
        orientation="horizontal",
        widths=0.6,
        showfliers=False,
        boxprops=line,
        whiskerprops=line,
        capprops=line,
        medianprops=line,
        manage_ticks=False,
    )
