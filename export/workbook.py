"""A table as an Excel workbook: the table, the runs behind it, their tasks, and the notes."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from openpyxl import Workbook

from core.results import Row
from export.fields import grid, modality
from export.heads import spans
from export.runs import runs
from export.sheet import Field, Look, Value, add_sheet
from export.table import Column, Line, Table, one_line
from export.writing import replacing


def draw(table: Table, path: Path) -> None:
    """Write a table as a workbook of four sheets; ConfigError where that is not possible.

    Numbers are numbers in full precision, shown with the decimals that the table has; text is
    text, whatever it looks like.
    """
    book = Workbook(write_only=True)
    above = [[Field(one_line(text), look)] for text, look in _above(table) if text]
    heads = len(above) + len(spans(table.columns)) + 1
    add_sheet(book, "table", [*above, *grid(table)], freeze=f"A{heads + 1}")
    add_sheet(book, "runs", list(_runs(table)), freeze="A2")
    add_sheet(book, "tasks", list(_tasks(table)), freeze="A2")
    add_sheet(book, "notes", [[n.mark, one_line(n.text)] for n in table.notes])
    with replacing(path) as work:
        book.save(work)


def _above(table: Table) -> list[tuple[str, Look]]:
    return [(table.title, Look(bold=True, size=13)), (table.caption, Look(grey=True))]


def _runs(table: Table) -> Iterator[list[Value]]:
    """Give one row for each setting, metric and replicate, in the unit of the table."""
    factors, metrics = _factors(table), table.metrics
    yield [*factors, "replicate", "metric", "value", "unit", "state", "task"]
    for line in table.lines:
        setting = _setting(line, factors)
        for column in metrics:
            for run in runs(line, column):
                found = [run.replicate, column.name, run.value, _unit(column), run.state, run.task]
                yield [*setting, *found]


def _unit(column: Column) -> str:
    return "" if column.metric is None else column.metric.shown_unit


def _tasks(table: Table) -> Iterator[list[Value]]:
    """Give the tasks that each setting's figures were read from, and what is known of them."""
    factors = _factors(table)
    known = list(dict.fromkeys(name for found in table.provenance.values() for name in found))
    yield [*factors, "task", *known]
    for line in table.lines:
        if isinstance(line.source, Row):
            setting = _setting(line, factors)
            for task in line.source.ids:
                found = table.provenance.get(task, {})
                yield [*setting, task, *(found.get(name, "") for name in known)]


def _factors(table: Table) -> list[str]:
    """Name the factors, those of the caption last."""
    return [*(column.name for column in table.factors if column.name), *table.constants]


def _setting(line: Line, factors: Sequence[str]) -> list[Value]:
    if not isinstance(line.source, Row):
        return []
    setting = line.source.setting
    return [modality(setting[name]) if name in setting else None for name in factors]
