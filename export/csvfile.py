"""A table as CSV, for other programs: full precision, one row a line, one number a field."""

import csv
import math
from collections.abc import Iterator
from pathlib import Path

from export.published import PublishedRow
from export.table import Cell, Line, Table, shown
from export.writing import replacing

END = ("published", "citation")


def draw(table: Table, path: Path) -> None:
    """Write a table as CSV in UTF-8; ConfigError where the file cannot be written.

    Columns: factors, those of the caption too; then each metric in the unit of the table, its
    standard deviation and its number of runs, `Sc`, `Sc_std` and `Sc_n`; then name and citation
    of a published row. What there is not is empty.
    """
    with replacing(path) as work, work.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows(table))


def rows(table: Table) -> Iterator[list[object]]:
    """Give the head, then every row."""
    constants = list(table.constants)
    factors = [column.title for column in table.factors]
    numbers = [column.name + end for column in table.metrics for end in ("", "_std", "_n")]
    yield [*factors, *constants, *numbers, *END]
    for line in table.lines:
        cells = line.cells
        found: list[object] = [_factor(cell) for cell in cells[: len(factors)]]
        found += [_constant(line, name) for name in constants]
        found += [value for cell in cells[len(factors) :] for value in _numbers(cell)]
        yield [*found, *_published(line)]


def _factor(cell: Cell) -> str:
    return cell.text if cell.state == "value" else ""


def _constant(line: Line, name: str) -> str:
    if isinstance(line.source, PublishedRow):
        return line.source.factors.get(name, "")
    return shown(line.source.setting[name]) if name in line.source.setting else ""


def _numbers(cell: Cell) -> tuple[object, object, object]:
    return _finite(cell.mean), _finite(cell.deviation), cell.n


def _finite(value: float) -> float | str:
    return "" if math.isnan(value) else value


def _published(line: Line) -> tuple[str, str]:
    found = line.source
    return (found.name, found.citation) if isinstance(found, PublishedRow) else ("", "")
