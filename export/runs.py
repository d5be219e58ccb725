"""The runs behind a cell, in the unit of its column."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.results import Row
from core.status import State
from export.table import Column, Line


@dataclass(frozen=True)
class Run:
    """One replicate (`run=3`): its value, or why there is none."""

    replicate: str
    value: float | None
    state: State


def runs(line: Line, column: Column) -> Iterator[Run]:
    """List the planned runs of a metric; none for a published row."""
    if not isinstance(line.source, Row) or column.metric is None:
        return
    found = line.source.cells[column.name]
    for replicate, value in found.values.items():
        yield Run(replicate, value * column.metric.scale, "done")
    for replicate, state in found.missing.items():
        yield Run(replicate, None, state)
