"""The critical-difference diagram of a ranking (Demšar, JMLR 7, 2006, figure 1)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from export.figures.style import STYLE
from export.glyphs import Style, width
from export.graphics import POINTS
from export.ranked import labels
from export.ranking import Ranking

TEXT, SMALL = Style(9), Style(8)
# In points: the axis, what stands above it, and steps downwards.
AXIS, ABOVE, MARGIN = 230.0, 48.0, 12.0
TICK, BAR, ROW, GAP = 3.5, 6.0, 14.0, 6.0
BLACK, GREY = "black", "0.45"


@dataclass(frozen=True)
class _Name:
    """A method at its place on the axis, its name `below` it, on the left or on the right."""

    x: float
    text: str
    left: bool
    below: float

    @property
    def edge(self) -> float:
        """Where the name begins, seen from the axis."""
        return -GAP if self.left else AXIS + GAP


def figure(ranking: Ranking) -> Figure:
    """Draw average ranks on an axis, the best on the left.

    Bars join methods that do not differ significantly; above the axis stands the critical
    difference. The figure is as wide as the names need.
    """
    scale = _Scale(len(ranking.methods))
    places = [scale(float(rank)) for rank in ranking.average]
    names = _names(ranking, places, GAP + BAR * (len(ranking.cliques) + 1))
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        drawn, axes = _canvas(names)
        _draw_axis(axes, scale)
        _draw_critical(axes, ranking, scale)
        for name in names:
            _draw_name(axes, name)
        for level, (first, last) in enumerate(ranking.cliques, 1):
            ends = [places[first] - 2, places[last] + 2]
            _line(axes, ends, [-BAR * level] * 2, 2.6, BLACK)
    return drawn


@dataclass(frozen=True)
class _Scale:
    """From ranks of so many methods to points on the axis."""

    methods: int

    def __call__(self, rank: float) -> float:
        return AXIS * (rank - 1) / (self.methods - 1)


def _names(ranking: Ranking, places: Sequence[float], first: float) -> list[_Name]:
    """Put the better half on the left, the outermost on top: no line crosses another."""
    half = math.ceil(len(places) / 2)
    texts = [
        f"{name}  {rank:.2f}" if i < half else f"{rank:.2f}  {name}"
        for i, (name, rank) in enumerate(zip(labels(ranking), ranking.average, strict=True))
    ]
    levels = [min(i, len(places) - 1 - i) for i in range(len(places))]
    return [
        _Name(x, text, i < half, first + ROW * level)
        for i, (x, text, level) in enumerate(zip(places, texts, levels, strict=True))
    ]


def _canvas(names: Sequence[_Name]) -> tuple[Figure, Axes]:
    """Make axes in points, from the left end of the axis of ranks."""
    left, right = (
        max(width(name.text, TEXT) for name in names if name.left is side) + GAP + MARGIN
        for side in (True, False)
    )
    below = max(name.below for name in names) + ROW / 2 + MARGIN
    size = ((left + AXIS + right) / POINTS, (ABOVE + below) / POINTS)
    drawn = Figure(figsize=size, facecolor="white")
    axes = drawn.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-left, AXIS + right), ylim=(-below, ABOVE))
    axes.set_axis_off()
    return drawn, axes


def _draw_axis(axes: Axes, scale: _Scale) -> None:
    _line(axes, [0, AXIS], [0, 0], 0.8, BLACK)
    step = math.ceil(scale.methods / 12)  # more numbers would touch
    for rank in range(1, scale.methods + 1, step):
        _line(axes, [scale(rank)] * 2, [0, TICK], 0.8, BLACK)
        axes.text(scale(rank), TICK + 2, str(rank), size=SMALL.size, ha="center", va="bottom")


def _draw_critical(axes: Axes, ranking: Ranking, scale: _Scale) -> None:
    """Draw the critical difference as a length, from rank 1 on."""
    length = scale(1 + ranking.critical_difference)
    y = ABOVE - MARGIN - SMALL.size - 3
    _line(axes, [0, length], [y, y], 0.8, BLACK)
    for x in (0, length):
        _line(axes, [x, x], [y - 2, y + 2], 0.8, BLACK)
    text = f"critical difference {ranking.critical_difference:.2f}"
    axes.text(0, y + 3, text, size=SMALL.size, ha="left", va="bottom")


def _draw_name(axes: Axes, name: _Name) -> None:
    y = -name.below
    _line(axes, [name.x, name.x, name.edge], [0, y, y], 0.6, GREY)
    shift, side = (-2, "right") if name.left else (2, "left")
    axes.text(name.edge + shift, y, name.text, size=TEXT.size, ha=side, va="center_baseline")


def _line(axes: Axes, x: Sequence[float], y: Sequence[float], weight: float, colour: str) -> None:
    axes.plot(x, y, color=colour, lw=weight, solid_capstyle="butt", clip_on=False)
