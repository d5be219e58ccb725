"""ROC and precision-recall, one class against the others, averaged over runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from export.figures.averages import Array, average
from export.figures.legend import MOST, add_legend, check_number
from export.figures.reading import Rows
from export.figures.style import COLOURS, PALE, colour, dash, page, panels, styled

GRID = np.linspace(0, 1, 201)
PANELS = 12

# True classes, (examples,) or (examples, classes), and scores (examples, classes) of one run.
Answers: TypeAlias = tuple[Array, Array]
# From what is true (examples,) and scores to the curve on GRID and the area under it.
Trace: TypeAlias = Callable[["np.ndarray[Any, Any]", Array], tuple[Array, float]]


def roc(truth: "np.ndarray[Any, Any]", scores: Array) -> tuple[Array, float]:
    """Give the true-positive rate at each false-positive rate of GRID, and the area."""
    from sklearn.metrics import auc, roc_curve  # takes a second to import

    false, true, _ = roc_curve(truth, scores)
    return np.interp(GRID, false, true), float(auc(false, true))


def precision_recall(truth: "np.ndarray[Any, Any]", scores: Array) -> tuple[Array, float]:
    """Give the precision at each recall of GRID, and the average precision.

    Precision does not change linearly between two thresholds: that of the next one reached counts.
    """
    from sklearn.metrics import average_precision_score, precision_recall_curve

    precision, recall, _ = precision_recall_curve(truth, scores)
    reached = np.searchsorted(recall[::-1], GRID)  # recall falls along sklearn's curve
    found = precision[::-1][reached]
    found[0] = np.nan  # by convention 1, though no threshold has a recall of 0
    return found, float(average_precision_score(truth, scores))


@dataclass(frozen=True)
class Kind:
    """A kind of curve: how it is traced, its axes, what its area is called."""

    trace: Trace
    x: str
    y: str
    area: str


ROC = Kind(roc, "false-positive rate", "true-positive rate", "AUC")
PRECISION_RECALL = Kind(precision_recall, "recall", "precision", "AP")


@dataclass(frozen=True)
class _Line:
    """One curve on GRID, and the area under it, means over runs."""

    values: Array
    area: float


@styled
def figure(rows: Rows[Answers], classes: Sequence[str], kind: Kind) -> Figure:
    """Draw a panel for each class with a line for each row; of one row, a line for each class.

    Curves of a row's runs are averaged at each point of the horizontal axis (Fawcett, 2006,
    section 8.2); areas are means over runs.
    """
    if len(rows.series) == 1:
        return _one_row(kind, rows.series[0].runs, classes, rows.title)
    check_number(rows.labels, MOST, "rows")
    check_number(classes, PANELS, "classes")
    lines = -(-len(classes) // 2)
    drawn = page(1.5 * lines + 0.5)
    grid = panels(drawn, len(classes), 2, sharex=True)
    for place, (axes, label) in enumerate(zip(grid, classes, strict=True)):
        _panel(axes, kind, rows, place)
        axes.set_title(label)
        if place >= len(classes) - 2:
            axes.set_xlabel(kind.x)
        if place % 2 == 0:
            axes.set_ylabel(kind.y)
    title = f"{rows.title}; in the panels: {kind.area}"
    add_legend(drawn, _handles(len(rows.series)), rows.labels, title)
    return drawn


def _panel(axes: Axes, kind: Kind, rows: Rows[Answers], place: int) -> None:
    """Draw the class at a place: a line for each row, chance, and the areas."""
    lines = [_traced(series.runs, place, kind) for series in rows.series]
    truth, _ = rows.series[0].runs[0]
    share = float(_is(truth, place).mean())
    _draw(axes, kind, lines)
    _chance(axes, kind, share)
    _areas(axes, lines, low=kind is ROC or share > 0.5)


def _one_row(kind: Kind, runs: Sequence[Answers], classes: Sequence[str], title: str) -> Figure:
    check_number(classes, MOST, "classes")
    lines = [_traced(runs, place, kind) for place in range(len(classes))]
    drawn = page(2.8)
    axes = drawn.add_subplot()
    _draw(axes, kind, lines)
    if kind is ROC:
        _chance(axes, kind, 0.5)
    axes.set(xlabel=kind.x, ylabel=kind.y)
    areas = [_written(line.area) for line in lines]
    texts = [f"{c} ({kind.area} {area})" for c, area in zip(classes, areas, strict=True)]
    add_legend(drawn, _handles(len(lines)), texts, f"class against the others, {title}")
    return drawn


def _traced(runs: Sequence[Answers], place: int, kind: Kind) -> _Line:
    """Average the curves of one class; a run that lacks the class, or all others, has none."""
    curves = []
    for truth, scores in runs:
        true = _is(truth, place)
        if 0 < true.sum() < len(true):
            curves.append(kind.trace(true, np.asarray(scores)[:, place]))
    if not curves:
        return _Line(np.full(len(GRID), np.nan), np.nan)
    mean, _ = average(np.stack([curve for curve, _ in curves]))
    return _Line(mean, float(np.mean([area for _, area in curves])))


def _is(truth: Array, place: int) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Tell which examples are of a class."""
    truth = np.asarray(truth)
    return truth[:, place] > 0 if truth.ndim > 1 else truth == place


def _draw(axes: Axes, kind: Kind, lines: Sequence[_Line]) -> None:
    # The first point of a ROC curve is the origin, though it rises at once from there.
    start = [0] if kind is ROC else []
    for place, line in enumerate(lines):
        x, y = np.r_[start, GRID], np.r_[start, line.values]
        axes.plot(x, y, color=colour(place), ls=dash(place), lw=1, zorder=3)
    axes.set(xlim=(0, 1), ylim=(0, 1.01), aspect="equal")
    axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])


def _chance(axes: Axes, kind: Kind, share: float) -> None:
    """Draw what an answer by chance gives: the diagonal, or the share of the class."""
    heights = [0, 1] if kind is ROC else [share, share]
    axes.plot([0, 1], heights, color=PALE, lw=0.7, zorder=1)


def _areas(axes: Axes, lines: Sequence[_Line], low: bool) -> None:
    """Write the areas into the corner that the curves leave free, where they fit."""
    if len(lines) > len(COLOURS):
        return
    for place, line in enumerate(lines):
        y = 0.07 + 0.11 * (len(lines) - 1 - place) if low else 0.93 - 0.11 * place
        axes.text(
            0.98, y, _written(line.area), size=6, color=colour(place), ha="right", va="center"
        )


def _written(area: float) -> str:
    return f"{area:.2f}" if np.isfinite(area) else "–"


def _handles(number: int) -> list[Line2D]:
    return [Line2D([], [], color=colour(i), ls=dash(i)) for i in range(number)]
