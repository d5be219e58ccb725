"""The runs behind a cell, in the unit of its column."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.results import Row
from core.status import State
from export.table import Column, Line


@dataclass(frozen=True)
class Run:
    """One replicate (`run=3`): its value, or why there is none, and the task it is read from."""

    replicate: str
    value: float | None
    state: State
    task: str = ""


def runs(line: Line, column: Column) -> Iterator[Run]:
    """List the planned runs of a metric; none for a published row."""
    if not isinstance(line.source, Row) or column.metric is None:
        return
    found = line.source.cells[column.name]
    for replicate, value in found.values.items():
        scaled = value * column.metric.scale
        yield Run(replicate, scaled, "done", found.tasks.get(replicate, ""))
    for replicate, state in found.missing.items():
        yield Run(replicate, None, state, found.tasks.get(replicate, ""))
