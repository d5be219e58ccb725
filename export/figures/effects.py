"""Main effects: a metric for each modality of a factor, whatever the other factors are."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from export.figures.averages import Array, average
from export.figures.legend import wrapped
from export.figures.style import COLUMN, GREY, Look, colour, logarithmic, page, panels, styled
from export.figures.sweep import Levels, Sweep
from export.figures.ticks import Names, fit

COLUMNS = 2
DOTS: Look = {"ms": 1.8, "mew": 0, "color": GREY, "alpha": 0.45, "ls": "", "marker": "o"}


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
    names = [_named(one.levels, columns) for one in found]
    height = sum(
        1.25 + max(n.more for n in names[i : i + columns]) for i in range(0, len(names), columns)
    )
    drawn = page(height + 0.35)
    grid = panels(drawn, len(found), columns)
    for axes, one, named in zip(grid, found, names, strict=True):
        _draw(axes, one, sweep.values, named)
        axes.set_title(wrapped(one.levels.name, 30 if columns > 1 else 60))
    drawn.supylabel(sweep.title, size=8)
    note = f"grey: {len(sweep.settings)} settings; mean ± std of each modality"
    ranges = any(one.levels.numbers is not None for one in found)
    drawn.supxlabel(note + (" or range" if ranges else ""), size=7)
    return drawn


def _named(levels: Levels, columns: int) -> Names:
    """Write the modalities; the axis of a factor with ranges has numbers."""
    if levels.numbers is not None:
        return Names((), {})
    return fit(levels.labels, 0.75 * COLUMN / columns / len(levels.labels))


def _draw(axes: Axes, found: Effect, values: Array, named: Names) -> None:
    levels = found.levels
    if levels.numbers is None:
        places, form = _draw_modalities(axes, levels, values, named), "o"
    else:
        places, form = _draw_ranges(axes, levels, levels.numbers, values), "o-"
    look: Look = {"ms": 3.2, "mew": 0, "lw": 0.9, "color": colour(0), "elinewidth": 0.8}
    axes.errorbar(places, found.mean, yerr=found.std, fmt=form, zorder=3, **look)


def _draw_modalities(axes: Axes, levels: Levels, values: Array, named: Names) -> Array:
    """Draw the settings of each modality above its name; give the places of their means."""
    places = np.arange(len(levels.labels), dtype=np.float64)
    for place, members in zip(places, levels.members, strict=True):
        axes.plot(place - 0.18 + np.zeros(len(members)), values[members], **DOTS)
    axes.set_xticks(range(len(named.texts)), named.texts, **named.look)
    axes.set_xlim(-0.6, len(named.texts) - 0.4)
    return places + 0.06


def _draw_ranges(axes: Axes, levels: Levels, numbers: Array, values: Array) -> Array:
    """Draw the settings along an axis of numbers; give the middle of each range."""
    axes.plot(numbers, values, **DOTS)
    if levels.wide:
        logarithmic(axes, np.nanmin(numbers), np.nanmax(numbers))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    return np.array([np.median(numbers[members]) for members in levels.members])
