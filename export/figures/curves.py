"""Training curves: a line for each row of the table, with a band over its runs."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from export.figures.averages import NAMES, Array, Spread, average, stacked
from export.figures.legend import MOST, add_legend, check_number
from export.figures.reading import Rows
from export.figures.style import colour, dash, page, styled


@styled
def figure(rows: Rows[Array], label: str, spread: Spread = "std") -> Figure:
    """Draw curves (epochs,) of each row: their mean, and a band of their spread.

    `label` stands at the axis of values. Epochs count from 1.
    """
    check_number(rows.labels, MOST, "curves")
    drawn = page(1.95)
    axes = drawn.add_subplot()
    lines = []
    for place, series in enumerate(rows.series):
        runs = stacked(series.runs)
        mean, half = average(runs, spread)
        epochs = np.arange(1, len(mean) + 1)
        lines += axes.plot(epochs, mean, color=colour(place), ls=dash(place), zorder=3)
        if len(runs) > 1:
            axes.fill_between(
                epochs, mean - half, mean + half, color=colour(place), alpha=0.16, lw=0
            )
    longest = max(len(run) for series in rows.series for run in series.runs)
    axes.set(xlabel="epoch", ylabel=label, xlim=(1, max(longest, 2)))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6, steps=[1, 2, 5, 10]))
    add_legend(drawn, lines, rows.labels, rows.titled(NAMES[spread]))
    return drawn
