"""Where the numbers of a row come from: its runs, their tasks, and what is known of these."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from core.errors import SelectorError
from core.results import Row
from core.setting import Setting
from export.runs import Run, runs
from export.table import Line, Origin, Table

Numbered: TypeAlias = tuple[int, Line]


@dataclass(frozen=True)
class Source:
    """One run of one metric, in the unit of the table, and what is known of its task."""

    metric: str
    run: Run
    origin: Origin = field(default_factory=dict)


def sources(line: Line, table: Table) -> Iterator[Source]:
    """List what the cells of a line are made of, metric by metric."""
    for column in table.metrics:
        for run in runs(line, column):
            yield Source(column.heading, run, table.provenance.get(run.task, {}))


def our_lines(table: Table) -> list[Numbered]:
    """Number the rows that are not published ones, from 1 at the top."""
    return list(enumerate((line for line in table.lines if not line.published), 1))


def line_number(table: Table, number: int) -> Numbered:
    """Find a row by its number; SelectorError where there is none."""
    lines = our_lines(table)
    if not 0 < number <= len(lines):
        raise SelectorError(f"there is no row {number}: the table has rows 1 to {len(lines)}")
    return lines[number - 1]


def lines_of(table: Table, settings: Iterable[Setting]) -> list[Numbered]:
    """Find the rows that some of these settings belong to, by the factors that are columns."""
    names = [column.name for column in table.factors if column.name]
    wanted = {tuple(setting.tokens(names)) for setting in settings}
    return [
        (number, line)
        for number, line in our_lines(table)
        if isinstance(line.source, Row) and tuple(line.source.setting.tokens(names)) in wanted
    ]


def label(line: Line, table: Table) -> str:
    """Call a row by the factors that tell it apart, or by the experiment where none does."""
    cells = zip(table.factors, line.cells, strict=False)
    told = [f"{column.name}={cell.text}" for column, cell in cells if cell.state == "value"]
    return ", ".join(told) if table.factors[0].name else table.experiment
