"""Cells: what is written for a number, for its absence, and for a factor; the best in bold."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from core.metric import Metric
from core.results import Cell as Found
from core.setting import Setting
from export.published import PublishedRow
from export.table import Cell, CellState, Column, Line, shown

# What a cell shows of a metric's values; there is one at least.
Summarise: TypeAlias = Callable[[Found, Metric], Cell]

ABSENT = "–"
VAST = 1e9  # from here on numbers are written as 1.25e+09
# Marks of what is missing; of several replicates the state that comes first here is shown.
MARKS: dict[CellState, str] = {
    "failed": "✗",
    "damaged": "?",
    "stale": "⊘",
    "running": "▸",
    "queued": "…",
    "waiting": "…",
    "to do": "…",
    "not a number": "nan",
    "not applicable": ABSENT,
    "not reported": ABSENT,
    "blank": ABSENT,
}


def absent(state: CellState) -> Cell:
    """Make the cell that shows why there is no value."""
    return Cell(MARKS[state], state=state)


def factor_cell(setting: Setting, name: str) -> Cell:
    """Show a factor's modality; a factor that does not exist for the setting is blank."""
    return Cell(shown(setting[name])) if name in setting else absent("blank")


def metric_cell(found: Found, metric: Metric, summarise: Summarise) -> Cell:
    """Summarise the values of a metric, with n where it is not as planned."""
    if not found.applicable:
        return absent("not applicable")
    if not found.n:
        missing = {"not a number"} if found.values else {"to do"}
        missing = {*found.missing.values()} or missing
        return absent(next(state for state in MARKS if state in missing))
    count = "" if found.n == found.planned else f"(n={found.n})"
    return replace(summarise(found, metric), count=count, n=found.n)


def published_cell(row: PublishedRow, metric: Metric) -> Cell:
    """Show a published figure as it is printed."""
    if metric.name not in row.figures:
        return absent("not reported")
    mean, std = row.figures[metric.name]
    deviation = float(std) if std else math.nan
    text = mean.replace("-", "−")
    return Cell(text, std=std, mean=float(mean), deviation=deviation, n=row.n or 0)


def number(value: float, precision: int) -> str:
    """Write a number with a true minus sign, and none before a zero."""
    return f"{value:z.{precision}{_kind(value)}}".replace("-", "−")


def difference(value: float, precision: int) -> str:
    """Write a number with its sign, whichever it is."""
    return f"{value:+z.{precision}{_kind(value)}}".replace("-", "−")


def _kind(value: float) -> str:
    """Choose a format: a loss that has diverged must not be as wide as the page."""
    return "e" if VAST <= abs(value) < math.inf else "f"


def mark_best(lines: Sequence[Line], columns: Sequence[Column]) -> tuple[Line, ...]:
    """Set the best of each metric with a direction in bold; those that show the same tie.

    Published lines take no part, and where no value is worse than another none is the best.
    """
    best = {
        (row, place)
        for place, column in enumerate(columns)
        if column.metric is not None and column.metric.higher_is_better is not None
        for row in _winners(lines, place, column.metric.higher_is_better)
    }
    return tuple(
        replace(
            line,
            cells=tuple(
                replace(cell, bold=True) if (row, place) in best else cell
                for place, cell in enumerate(line.cells)
            ),
        )
        for row, line in enumerate(lines)
    )


def _winners(lines: Sequence[Line], place: int, higher_is_better: bool) -> set[int]:
    ranked = {
        row: line.cells[place]
        for row, line in enumerate(lines)
        if not line.published and math.isfinite(line.cells[place].mean)
    }
    if len({cell.text for cell in ranked.values()}) < 2:
        return set()
    pick = max if higher_is_better else min
    best = pick(ranked.values(), key=lambda cell: cell.mean).text
    return {row for row, cell in ranked.items() if cell.text == best}
