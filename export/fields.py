"""A table as the fields of a sheet: a metric takes a column for each of its numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Literal

from core.results import Row
from core.values import Modality, is_number
from export.heads import Span, spans
from export.markup import metric_cells
from export.sheet import Field, Look, Value, Weight
from export.table import Cell, Column, Line, Table, shown


def grid(table: Table) -> list[list[Field]]:
    """Give the head and the lines, with the rules of the page."""
    factors = len(table.factors)
    parts = [_Parts(cells) for cells in metric_cells(table)]
    head = [_title(column) for column in table.factors]
    for column, part in zip(table.metrics, parts, strict=True):
        head += part.head(column)
    starts = [*range(factors), *accumulate((part.columns for part in parts), initial=factors)]
    rows = [_spanning(level, starts) for level in spans(table.columns)]
    rows.append(_ruled(head, below="thin"))
    rows[0] = _ruled(rows[0], above="medium")
    for place, group in enumerate(table.groups):
        start = len(rows)
        rows += [f for line in group for f in _line(line, table.columns, factors, parts)]
        if place:
            rows[start] = _ruled(rows[start], above="hair")
    rows[-1] = _ruled(rows[-1], below="medium")
    return rows


def _spanning(level: Sequence[Span], starts: Sequence[int]) -> list[Field]:
    """Centre heads across columns; `starts` says in which field each column starts."""
    look = Look(bold=True, align="centerContinuous", below="hair")
    fields = [Field(None)] * starts[-1]
    for span in level:
        for place in range(starts[span.first], starts[span.last + 1]):
            fields[place] = Field(None, look)
        fields[starts[span.first]] = Field(span.title, look)
    return fields


def _ruled(fields: list[Field], above: Weight = None, below: Weight = None) -> list[Field]:
    looks = (
        replace(f.look, above=above or f.look.above, below=below or f.look.below) for f in fields
    )
    return [replace(field, look=look) for field, look in zip(fields, looks, strict=True)]


def _title(column: Column) -> Field:
    return Field(column.title, Look(bold=True, align=_side(column)), len(column.title))


def _side(column: Column) -> Literal["left", "right"]:
    return "left" if column.align == "left" else "right"


def _line(
    line: Line, columns: Sequence[Column], factors: int, parts: Sequence["_Parts"]
) -> Iterator[list[Field]]:
    cells = list(zip(parts, line.cells[factors:], strict=True))
    numbers = [field for part, cell in cells for field in part.fields(cell)]
    if line.label is None:
        named = zip(columns, line.cells[:factors], strict=False)
        yield [*(_factor(line, column, cell) for column, cell in named), *numbers]
        return
    # Unlike in merged fields, the name runs into the empty ones and columns can still be sorted.
    blank = [Field(None)] * (factors - 1)
    yield [_label(line.label, line.under, factors), *blank, *numbers]
    if any(cell.difference for _, cell in cells):
        below = [field for part, cell in cells for field in part.below(cell)]
        yield [Field(None), *blank, *below]


def _label(cell: Cell, under: bool, factors: int) -> Field:
    text = f"{cell.text} {cell.count}".strip() + cell.mark
    return Field(text, Look(italic=True, indent=int(under)), len(text) // factors)


def _factor(line: Line, column: Column, cell: Cell) -> Field:
    look = Look(align=_side(column), grey=cell.state != "value")
    if cell.repeated:
        return Field(None, look)
    value: Value = cell.text
    if isinstance(line.source, Row) and column.name in line.source.setting:
        value = modality(line.source.setting[column.name])
    return Field(value, look, len(cell.text))


def modality(value: Modality) -> Value:
    """Give a number as it is, and anything else as a table shows it."""
    return value if isinstance(value, bool) or is_number(value) else shown(value)


class _Parts:
    """The columns that a metric takes: its number, what follows ± or stands in brackets, and n."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._deviation = any(c.std or c.spread or c.difference for c in cells)
        self._count = any(cell.count for cell in cells)
        self.columns = 1 + self._deviation + self._count

    def head(self, column: Column) -> list[Field]:
        """Put the title across."""
        look = Look(bold=True, align="centerContinuous")
        width = len(column.title) // self.columns
        return self._cut([Field(column.title, look, width), *[Field(None, look, width)] * 2])

    def fields(self, cell: Cell) -> list[Field]:
        """Give the numbers of a cell, or the mark in their place."""
        if cell.state != "value":
            look = Look(grey=True, align="centerContinuous")
            return self._cut([Field(cell.text, look), Field(None, look), Field(None, look)])
        look = Look(bold=cell.bold, underlined=cell.close, format=_format(cell.text))
        number = Field(cell.mean, look, len(cell.text))
        count = Field(cell.n, Look(grey=True, align="left", format='"(n="0")"'), len(cell.count))
        return self._cut([number, _deviation(cell), count if cell.count else Field(None)])

    def below(self, cell: Cell) -> list[Field]:
        """Give the difference below a published figure."""
        found = cell.difference
        if found is None:
            return self._cut([Field(None)] * 3)
        digits = _format(found.text)
        value = Field(found.value, Look(grey=True, format=f"+{digits};-{digits};{digits}"))
        test = Field(found.test or None, Look(grey=True, align="left"), len(found.test))
        return self._cut([value, test, Field(None)])

    def _cut(self, fields: list[Field]) -> list[Field]:
        return [fields[0], *fields[1 : 1 + self._deviation], *fields[2 : 2 + self._count]]


def _deviation(cell: Cell) -> Field:
    look = Look(align="left")
    if cell.std:
        look = replace(look, format=f'"± "{_format(cell.std)}')
        return Field(cell.deviation, look, len(cell.std) + 2)
    return Field(cell.spread or None, look, len(cell.spread))


def _format(text: str) -> str:
    """Write the number format with as many decimals as a text has."""
    mantissa, exponent, _ = text.partition("e")
    digits = len(mantissa.partition(".")[2])
    return (f"0.{'0' * digits}" if digits else "0") + ("E+00" if exponent else "")
