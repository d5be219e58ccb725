"""A table as plain data, for scripts: numbers as numbers, stored values beside what is shown."""

import math
from typing import Any

from core.metric import Metric
from core.results import Cell, Row
from export.published import PublishedRow
from export.table import Table


def as_json(table: Table) -> dict[str, Any]:
    """Describe a table with JSON's own types.

    Values of ours are as stored: a metric with `percent` is a fraction here. A number that does
    not exist is null. Published figures are as printed.
    """
    lines = list(table.lines)
    metrics = [column.metric for column in table.columns if column.metric is not None]
    return {
        "experiment": table.experiment,
        "title": table.title,
        "constants": dict(table.constants),
        "factors": [c.name for c in table.columns if c.kind == "factor" and c.name],
        "metrics": [_metric(metric) for metric in metrics],
        "rows": [_row(line.source, metrics) for line in lines if isinstance(line.source, Row)],
        "published": [_cited(x.source) for x in lines if isinstance(x.source, PublishedRow)],
        "notes": [{"mark": note.mark, "text": note.text} for note in table.notes],
    }


def _metric(metric: Metric) -> dict[str, Any]:
    names = ("name", "unit", "percent", "higher_is_better", "precision", "description")
    return {name: getattr(metric, name) for name in names}


def _row(row: Row, metrics: list[Metric]) -> dict[str, Any]:
    return {
        "setting": dict(row.setting),
        "ids": list(row.ids),
        "metrics": {metric.name: _cell(row.cells[metric.name]) for metric in metrics},
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "mean": _number(cell.mean),
        "std": _number(cell.std),
        "n": cell.n,
        "planned": cell.planned,
        "applicable": cell.applicable,
        "values": {name: _number(value) for name, value in cell.values.items()},
        "missing": dict(cell.missing),
    }


def _cited(row: PublishedRow) -> dict[str, Any]:
    return {
        "row": row.name,
        "citation": row.citation,
        "factors": dict(row.factors),
        "n": row.n,
        "metrics": {
            name: {"mean": float(mean), "std": float(std) if std else None}
            for name, (mean, std) in row.figures.items()
        },
        "definition": row.definition,
        "selection": row.selection,
        "comparable": row.comparable,
        "note": row.note,
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
