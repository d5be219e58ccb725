"""Recall of each class: bars side by side for the rows of the table."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from export.figures.averages import NAMES, Array, average
from export.figures.confusion import normalised
from export.figures.legend import add_legend, check_number
from export.figures.reading import Rows
from export.figures.style import COLOURS, COLUMN, PAGE, Look, colour, page, styled

ROOM = 28  # bars in a column's width


def recall(counts: Array) -> Array:
    """Give the share of each class (…, classes) that is answered right; NaN without examples."""
    shares: Array = np.diagonal(normalised(counts), axis1=-2, axis2=-1)
    return shares


@styled
def figure(rows: Rows[Array], classes: Sequence[str]) -> Figure:
    """Draw, from matrices of counts (classes, classes), the mean recall and its std over runs."""
    check_number(rows.labels, len(COLOURS), "rows of bars")
    drawn = page(1.9, COLUMN if len(rows.series) * len(classes) <= ROOM else PAGE)
    axes = drawn.add_subplot()
    room = 0.8 / len(rows.series)
    places = np.arange(len(classes))
    for i, series in enumerate(rows.series):
        mean, std = average(100 * np.stack([recall(run) for run in series.runs]))
        centres = places - 0.4 + room * (i + 0.5)
        error = std if len(series.runs) > 1 else None
        bars: Look = {"color": colour(i), "width": 0.88 * room, "lw": 0}
        axes.bar(centres, mean, yerr=error, error_kw={"lw": 0.7, "capsize": 1.5}, **bars)
    axes.set(ylabel="recall (%)", ylim=(0, 100), xlim=(-0.5, len(classes) - 0.5))
    turned = sum(map(len, classes)) > 45
    axes.set_xticks(places, classes, rotation=30 if turned else 0)
    axes.tick_params(axis="x", length=0)
    handles = [Patch(color=colour(i)) for i in range(len(rows.series))]
    add_legend(drawn, handles, rows.labels, rows.titled(NAMES["std"]))
    return drawn
