"""How two factors act together: the mean of a metric for each pair of their modalities."""

import numpy as np
from matplotlib.figure import Figure

from core.errors import ConfigError
from export.cells import number
from export.figures.averages import Array
from export.figures.legend import check_number, wrapped
from export.figures.style import COLUMN, PAGE, VALUES, colour_bar, page, styled
from export.figures.sweep import Sweep
from export.figures.ticks import fit

MOST = 24
ROOMY = 7  # columns whose numbers fit into a column of the page


def means(sweep: Sweep, down: str, across: str) -> Array:
    """Average the settings of each pair (modalities of one, of the other); NaN without any."""
    rows, columns = sweep.levels(down).members, sweep.levels(across).members
    found = np.full((len(rows), len(columns)), np.nan)
    for place in np.ndindex(found.shape):
        both = np.intersect1d(rows[place[0]], columns[place[1]])
        if both.size:
            found[place] = sweep.values[both].mean()
    return found


@styled
def figure(sweep: Sweep, down: str, across: str) -> Figure:
    """Draw a heat map; pairs that no setting has stay white, with a dash."""
    if down == across:
        raise ConfigError(f"a heat map needs two factors; {down!r} was given twice")
    found = means(sweep, down, across)
    rows, columns = sweep.levels(down).labels, sweep.levels(across).labels
    for labels in (rows, columns):
        check_number(labels, MOST, "modalities")
    paper = COLUMN if len(columns) <= ROOMY else PAGE
    named = fit(columns, 0.65 * paper / len(columns))
    drawn = page(0.26 * len(rows) + 1.0 + named.more, paper)
    axes = drawn.add_subplot()
    image = axes.imshow(found, cmap=VALUES, aspect="auto")
    axes.set_xticks(range(len(columns)), named.texts, **named.look)
    axes.set_yticks(range(len(rows)), [wrapped(label, 24) for label in rows])
    axes.set(xlabel=across, ylabel=down)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    colour_bar(image, axes, f"mean {sweep.title}", pad=0.02, fraction=0.05)
    middle = (np.nanmin(found) + np.nanmax(found)) / 2
    for (row, column), value in np.ndenumerate(found):
        text = "–" if np.isnan(value) else number(float(value), sweep.precision)
        ink = "white" if value < middle else "black"
        axes.text(column, row, text, size=7, color=ink, ha="center", va="center")
    return drawn
