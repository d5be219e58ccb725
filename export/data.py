"""A table as plain data, for scripts: numbers as numbers, stored values beside what is shown."""

import math
from collections.abc import Iterable
from typing import Any

from core.metric import Metric
from core.results import Cell as Found
from core.results import Row
from export.pivot import Pivoted
from export.published import PublishedRow
from export.table import Cell, Difference, Line, Table


def as_json(table: Table) -> dict[str, Any]:
    """Describe a table with JSON's own types.

    Values of ours are as stored: a metric with `percent` is a fraction here. A number that does
    not exist is null. Published figures are as printed, and so are their differences: ours less
    theirs, with p of Welch's test.
    """
    metrics = [column.metric for column in table.metrics if column.metric is not None]
    lines = list(table.lines)
    return {
        "experiment": table.experiment,
        "title": table.title,
        "constants": dict(table.constants),
        "factors": [column.name for column in table.factors if column.name],
        "metrics": [_metric(metric) for metric in metrics],
        "rows": [_row(x.source, _cells(x, metrics)) for x in lines if isinstance(x.source, Row)],
        "published": [
            _cited(x.source, _cells(x, metrics))
            for x in lines
            if isinstance(x.source, PublishedRow)
        ],
        "notes": [{"mark": note.mark, "text": note.text} for note in table.notes],
    }


def _cells(line: Line, metrics: list[Metric]) -> Iterable[tuple[str, Cell]]:
    """Pair the names of metrics with the cells of a line, in which factors come first."""
    return zip((metric.name for metric in metrics), line.cells[-len(metrics) :], strict=True)


def _metric(metric: Metric) -> dict[str, Any]:
    names = ("name", "unit", "percent", "higher_is_better", "precision", "description")
    told = {name: getattr(metric, name) for name in names}
    if isinstance(metric, Pivoted):
        told |= {"of": metric.of.name, "at": dict(metric.at)}
    return told


def _row(row: Row, cells: Iterable[tuple[str, Cell]]) -> dict[str, Any]:
    return {
        "setting": dict(row.setting),
        "ids": list(row.ids),
        "metrics": {name: _cell(row.cells[name], cell) for name, cell in cells},
    }


def _cell(found: Found, cell: Cell) -> dict[str, Any]:
    return {
        "mean": _number(found.mean),
        "std": _number(found.std),
        "n": found.n,
        "planned": found.planned,
        "applicable": found.applicable,
        "values": {name: _number(value) for name, value in found.values.items()},
        "missing": dict(found.missing),
        "tasks": dict(found.tasks),
        "bold": cell.bold,
        "close": cell.close,
    }


def _cited(row: PublishedRow, cells: Iterable[tuple[str, Cell]]) -> dict[str, Any]:
    return {
        "row": row.name,
        "citation": row.citation,
        "factors": dict(row.factors),
        "n": row.n,
        "metrics": {
            name: {"mean": float(mean), "std": float(std) if std else None}
            for name, (mean, std) in row.figures.items()
        },
        "differences": {name: _difference(c.difference) for name, c in cells if c.difference},
        "definition": row.definition,
        "selection": row.selection,
        "comparable": row.comparable,
        "note": row.note,
    }


def _difference(difference: Difference) -> dict[str, Any]:
    return {"value": difference.value, "p": _number(difference.p)}


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
