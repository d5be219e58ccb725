"""Published rows in a pivoted table: figures of several rows of a paper, side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from core.contrast import varying
from core.results import Results
from export.comparison import agrees, same
from export.pivot import Pivoted
from export.published import PublishedRow

Figures: TypeAlias = dict[str, tuple[str, str]]


def pivot_published(published: Sequence[PublishedRow], pivoted: Results) -> list[PublishedRow]:
    """Place figures in the columns they belong to, rows that agree in all else being joined.

    Rows that do not state every factor that became columns are left out. The name of a joined
    row is what the names have in common, comma by comma, or else all of them.
    """
    apart = varying([row.setting for row in pivoted.rows])
    metrics = [metric for metric in pivoted.metrics if isinstance(metric, Pivoted)]
    joined: dict[tuple[object, ...], list[tuple[PublishedRow, Figures]]] = {}
    for row in published:
        if figures := dict(_figures(row, metrics)):
            rest = {n: v for n, v in row.factors.items() if n not in metrics[0].over}
            moved = replace(row, factors=rest)
            if any(agrees(moved, ours) for ours in pivoted.rows):
                joined.setdefault(_key(row, apart), []).append((moved, figures))
    return [row for rows in joined.values() for row in _joined(rows)]


def _figures(
    row: PublishedRow, metrics: Sequence[Pivoted]
) -> Iterator[tuple[str, tuple[str, str]]]:
    for metric in metrics:
        if metric.of.name in row.figures and _describes(row, metric):
            yield metric.name, row.figures[metric.of.name]


def _describes(row: PublishedRow, metric: Pivoted) -> bool:
    """Tell whether a row states the condition of a column, no more and no less."""
    stated = {name: row.factors[name] for name in metric.over if name in row.factors}
    return stated.keys() == metric.at.keys() and all(
        same(written, metric.at[name]) for name, written in stated.items()
    )


def _key(row: PublishedRow, apart: Sequence[str]) -> tuple[object, ...]:
    remarks = (row.definition, row.selection, row.comparable, row.note)
    return row.citation, row.n, remarks, tuple(row.factors.get(name) for name in apart)


def _joined(rows: Sequence[tuple[PublishedRow, Figures]]) -> Iterator[PublishedRow]:
    """Join rows; one whose figures are taken already starts another."""
    parts: list[tuple[list[PublishedRow], Figures]] = []
    for row, figures in rows:
        free = next((part for part in parts if not part[1].keys() & figures.keys()), None)
        if free is None:
            parts.append(free := ([], {}))
        free[0].append(row)
        free[1].update(figures)
    for members, figures in parts:
        factors = {name: value for row in members for name, value in row.factors.items()}
        yield replace(members[0], name=_name(members), factors=factors, figures=figures)


def _name(rows: Sequence[PublishedRow]) -> str:
    first, *others = [row.name.split(", ") for row in rows]
    common = [part for part in first if all(part in other for other in others)]
    return ", ".join(common) or " / ".join(row.name for row in rows)
