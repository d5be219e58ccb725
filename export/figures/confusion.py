"""Confusion matrices: for each row of the table, shares of a true class and counts."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from export.figures.averages import Array
from export.figures.legend import check_number, wrapped
from export.figures.reading import Rows
from export.figures.style import COLUMN, PAGE, SHARES, Look, colour_bar, page, panels, styled
from export.glyphs import Style, width
from export.graphics import POINTS

MOST = 12
ROOMY = 6  # classes; of more, a matrix takes the whole width
READABLE = 16  # classes whose shares can still be written into a matrix
DARK = 0.55
CENTRED: Look = {"ha": "center", "va": "center"}


def normalised(counts: Array) -> Array:
    """Give the share of each answer (…, classes, classes) among a true class; NaN without any."""
    counts = np.asarray(counts, dtype=np.float64)
    total = counts.sum(axis=-1, keepdims=True)
    nothing = np.full(counts.shape, np.nan)
    shares: Array = np.divide(counts, total, out=nothing, where=total > 0)
    return shares


@styled
def figure(rows: Rows[Array], classes: Sequence[str]) -> Figure:
    """Draw the mean over runs of matrices (classes, classes), true classes in rows.

    A cell shows what percentage of the class got the answer, and below it how many did.
    """
    check_number(rows.labels, MOST, "confusion matrices")
    counts = [np.mean([np.asarray(run) for run in s.runs], axis=0) for s in rows.series]
    columns = 1 if len(counts) == 1 or len(classes) > ROOMY else 2
    lines = -(-len(counts) // columns)
    paper = PAGE if len(classes) > READABLE else COLUMN
    longest = _longest(classes)
    side = (paper - longest - 0.45) / columns
    below = longest * math.sin(math.pi / 4) if _turned(classes) else 0.1
    drawn = page(lines * (side + 0.22) + below + 0.5, paper)
    grid = panels(drawn, len(counts), columns, sharex=True)
    for axes, matrix, label in zip(grid, counts, rows.labels, strict=True):
        _draw(axes, matrix, classes)
        if len(counts) > 1:
            axes.set_title(wrapped(label, 26))
    told = [rows.title]
    if len(classes) <= READABLE:
        told.append("% of the true class" + (", mean count" if len(classes) <= ROOMY else ""))
    drawn.supxlabel("answer\n" + wrapped("; ".join(told), 68), size=7)
    drawn.supylabel("true class", size=7)
    return drawn


def _turned(classes: Sequence[str]) -> bool:
    return max(map(len, classes)) > 3


def _longest(classes: Sequence[str]) -> float:
    """Width in inches of the longest name of a class."""
    return max(width(name, Style(7)) for name in classes) / POINTS


def _draw(axes: Axes, counts: Array, classes: Sequence[str]) -> None:
    shares = normalised(counts)
    image = axes.imshow(shares, cmap=SHARES, vmin=0, vmax=1)
    places = range(len(classes))
    turned: Look = {"rotation": 45, "rotation_mode": "anchor", "ha": "right"}
    axes.set_xticks(places, classes, **(turned if _turned(classes) else {}))
    axes.set_yticks(places, classes)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    if len(classes) > READABLE:
        colour_bar(image, axes, "share of the true class", pad=0.02, shrink=0.5)
        return
    for (row, column), share in np.ndenumerate(shares):
        _write(axes, row, column, float(share), float(counts[row, column]), len(classes))


def _write(axes: Axes, row: int, column: int, share: float, count: float, classes: int) -> None:
    """Write the share of a cell, and below it the count where there is room."""
    ink = "white" if share > DARK else "black"
    both = classes <= ROOMY
    size = 7 if both else 6
    if np.isnan(share):
        axes.text(column, row, "–", color=ink, size=size, **CENTRED)
        return
    rise = -0.16 if both else 0
    axes.text(column, row + rise, f"{100 * share:.0f}", color=ink, size=size, **CENTRED)
    if both:
        told = f"{count:.0f}" if count >= 10 else f"{count:.2g}"
        axes.text(column, row + 0.24, told, color=ink, size=5, **CENTRED)
