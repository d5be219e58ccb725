"""Parallel coordinates: a line through every setting's factors to its value."""

from dataclasses import dataclass

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from export.figures.averages import Array
from export.figures.legend import check_number, shortened, wrapped
from export.figures.style import COLUMN, PAGE, VALUES, colour, number, page, styled
from export.figures.sweep import Levels, Sweep

ROOMY, MOST = 5, 12  # axes in a column and on a page
TICKS = 14  # modalities that can be written at an axis
LINES = 18  # of text that an axis is high
JITTER = 0.03  # of the axis: settings that share a modality stay apart


@dataclass(frozen=True)
class Scale:
    """Places of the settings on one axis, from 0 to 1, and what is written at which height."""

    heights: Array
    ticks: tuple[tuple[float, str], ...]


def scale(levels: Levels, settings: int) -> Scale:
    """Put settings on a factor's axis: numbers as numbers, modalities one above another."""
    if levels.numbers is not None:
        return _of_numbers(levels.numbers, levels.wide)
    places = np.linspace(0, 1, len(levels.labels)) if len(levels.labels) > 1 else np.array([0.5])
    heights = np.full(settings, np.nan)
    for place, members in zip(places, levels.members, strict=True):
        # The best setting comes last: the order within a modality is that of the settings.
        heights[members] = place + JITTER * (np.linspace(-1, 1, len(members) + 2)[1:-1])
    shown = levels.labels if len(levels.labels) <= TICKS else ()
    return Scale(heights, tuple(zip(map(float, places), shown, strict=False)))


def _of_numbers(numbers: Array, wide: bool) -> Scale:
    values = np.log(numbers) if wide else numbers
    low, high = np.nanmin(values), np.nanmax(values)
    middle = (low + high) / 2
    at = [np.exp(v) if wide else v for v in (low, middle, high)]
    ticks = [(i / 2, number(value)) for i, value in enumerate(at)]
    return Scale((values - low) / max(high - low, 1e-300), tuple(ticks))


@styled
def figure(sweep: Sweep) -> Figure:
    """Draw an axis for each factor that varies and one for the metric; lines have its colour.

    A factor that a setting does not have is at its own mark, or among numbers leaves a gap. Good
    settings are dark and on top of others, the best is orange.
    """
    check_number(sweep.factors, MOST - 1, "factors")
    settings = len(sweep.settings)
    scales = [scale(sweep.levels(name), settings) for name in sweep.factors]
    scales.append(_of_numbers(sweep.values, False))
    drawn = page(2.6, COLUMN if len(scales) <= ROOMY else PAGE)
    axes = drawn.add_subplot()
    _draw(axes, sweep, np.stack([s.heights for s in scales], axis=1))
    for place, one in enumerate(scales):
        axes.plot([place, place], [0, 1], color="black", lw=0.6, zorder=3)
        _write(axes, place, one, int(24 * drawn.get_figwidth() / len(scales)))
    names = [*sweep.factors, sweep.title]
    letters = int(13 * (1 if len(scales) <= ROOMY else 1.25))
    axes.set_xticks(range(len(names)), [wrapped(name, letters) for name in names])
    axes.set(xlim=(-0.15, len(scales) - 0.55), ylim=(-0.05, 1.05))
    axes.set_yticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    drawn.supxlabel(f"{settings} settings; dark is good, orange the best", size=7)
    return drawn


def _draw(axes: Axes, sweep: Sweep, lines: Array) -> None:
    """Draw lines (settings, axes), good ones above others and the best above all."""
    good = lines[:, -1] if sweep.rising else 1 - lines[:, -1]
    order = np.argsort(good, kind="stable")
    axes.add_collection(
        LineCollection(
            [np.column_stack([np.arange(len(line)), line]) for line in lines[order]],
            colors=colormaps[f"{VALUES}_r"](good[order]),
            linewidths=0.7,
            alpha=0.7,
        )
    )
    axes.plot(lines[sweep.best], color=colour(1), lw=1.8, zorder=2.5)


def _write(axes: Axes, place: int, one: Scale, letters: int) -> None:
    """Write what is where, on a ground that keeps the lines off the letters."""
    ground = {"facecolor": "white", "alpha": 0.75, "lw": 0, "pad": 0.6}
    longest = letters * max(1, LINES // max(len(one.ticks), 1))
    for height, text in one.ticks:
        told = wrapped(shortened(text, longest), letters)
        axes.text(place + 0.04, height, told, size=6, va="center", bbox=ground, zorder=4)
