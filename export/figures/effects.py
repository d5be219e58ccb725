"""Main effects: a metric for each modality of a factor, whatever the other factors are."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from export.figures.averages import Array, average
from export.figures.legend import pieces, wrapped
from export.figures.style import COLUMN, GREY, Look, colour, logarithmic, page, panels, styled
from export.figures.sweep import Levels, Sweep
from export.glyphs import Style, width

COLUMNS = 2
POINTS = 72  # per inch
TEXT = Style(7)


@dataclass(frozen=True)
class Effect:
    """A factor's levels, and over each level's settings the mean and std (levels,) of a metric."""

    levels: Levels
    mean: Array
    std: Array

    @property
    def size(self) -> float:
        """How far the means of its levels lie apart."""
        return float(np.ptp(self.mean))

    def best(self, rising: bool) -> int:
        """Place of the level with the best mean."""
        return int(self.mean.argmax() if rising else self.mean.argmin())


def effects(sweep: Sweep) -> list[Effect]:
    """Compare the levels of every factor that varies; the largest effect comes first."""
    found = [effect(sweep, name) for name in sweep.factors]
    return sorted(found, key=lambda e: -e.size)


def effect(sweep: Sweep, name: str) -> Effect:
    """Compare the levels of one factor."""
    levels = sweep.levels(name)
    pairs = [average(sweep.values[members]) for members in levels.members]
    mean, std = (np.array(numbers) for numbers in zip(*pairs, strict=True))
    return Effect(levels, mean, std)


@styled
def figure(sweep: Sweep) -> Figure:
    """Draw a panel for each factor: grey settings, and the mean and std of each level."""
    found = effects(sweep)
    columns = min(COLUMNS, len(found))
    drawn = page(1.25 * -(-len(found) // columns) + 0.35)
    grid = panels(drawn, len(found), columns)
    for axes, one in zip(grid, found, strict=True):
        _draw(axes, one, sweep.values, columns)
    drawn.supylabel(sweep.title, size=8)
    note = f"grey: {len(sweep.settings)} settings; mean ± std of each modality"
    ranges = any(one.levels.numbers is not None for one in found)
    drawn.supxlabel(note + (" or range" if ranges else ""), size=7)
    return drawn


def _draw(axes: Axes, found: Effect, values: Array, columns: int) -> None:
    levels = found.levels
    means: Look = {
        "fmt": "o-" if levels.numbers is not None else "o",
        "ms": 3.2,
        "mew": 0,
        "lw": 0.9,
    }
    dots: Look = {"ms": 1.8, "mew": 0, "color": GREY, "alpha": 0.45, "ls": "", "marker": "o"}
    if levels.numbers is None:
        places = np.arange(len(levels.labels), dtype=np.float64)
        for place, members in zip(places, levels.members, strict=True):
            axes.plot(place - 0.18 + np.zeros(len(members)), values[members], **dots)
        _name_levels(axes, levels, columns)
        places = places + 0.06
    else:
        places = np.array([np.median(levels.numbers[m]) for m in levels.members])
        axes.plot(levels.numbers, values, **dots)
        if levels.wide:
            logarithmic(axes, np.nanmin(levels.numbers), np.nanmax(levels.numbers))
        else:
            axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    axes.errorbar(
        places, found.mean, yerr=found.std, color=colour(0), elinewidth=0.8, zorder=3, **means
    )
    axes.set_title(wrapped(levels.name, 30 if columns > 1 else 60))


def _name_levels(axes: Axes, levels: Levels, columns: int) -> None:
    """Write the modalities, on several lines or turned where they would touch."""
    room = 0.75 * POINTS * COLUMN / columns / len(levels.labels)
    letters = int(room / width("n", TEXT))
    texts = levels.labels
    turned: Look = {}
    if max(width(text, TEXT) for text in texts) > room - 2:
        if max(len(piece) for text in texts for piece in pieces(text)) <= letters:
            texts = tuple(wrapped(text, letters) for text in texts)
        else:
            turned = {"rotation": 35, "rotation_mode": "anchor", "ha": "right"}
    axes.set_xticks(range(len(texts)), texts, **turned)
    axes.set_xlim(-0.6, len(texts) - 0.4)
