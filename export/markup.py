"""Cells as text with marks for bold, underlined and raised: what markup languages share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from export.table import Cell, Table

Write: TypeAlias = Callable[[str], str]


@dataclass(frozen=True)
class Markup:
    """How a language writes a text, and a text that is set off; `sign` goes before a deviation."""

    escape: Write
    bold: Write
    underlined: Write
    italic: Write
    small: Write
    raised: Write
    sign: str

    def cell(self, cell: Cell) -> str:
        """Write what a cell shows; nothing where it repeats the one above."""
        return "" if cell.repeated else self.number(cell, cell.text) + self.rest(cell)

    def label(self, cell: Cell) -> str:
        """Write the name of a published row."""
        return self.italic(self.escape(cell.text)) + self.rest(cell)

    def number(self, cell: Cell, part: str) -> str:
        """Write a part of a cell's text with the emphasis of the cell."""
        text = self.escape(part)
        if not text:
            return ""
        return self.bold(text) if cell.bold else self.underlined(text) if cell.close else text

    def rest(self, cell: Cell) -> str:
        """Write what follows the number."""
        std = self.sign + self.escape(cell.std) if cell.std else ""
        spread = " " + self.escape(cell.spread) if cell.spread else ""
        count = " " + self.small(self.escape(cell.count)) if cell.count else ""
        mark = self.raised(self.escape(cell.mark)) if cell.mark else ""
        return std + spread + count + mark

    def below(self, cell: Cell) -> str:
        """Write the difference that stands below a published figure, if there is one."""
        found = cell.difference
        return self.small(self.escape(f"{found.text} {found.test}".strip())) if found else ""


def halves(cell: Cell) -> tuple[str, str]:
    """Split a number before its point, where numbers of a column are aligned."""
    whole, point, fraction = cell.text.partition(".")
    return whole, point + fraction


def decimals(cells: Sequence[Cell]) -> int:
    """Count the characters from the point to ± that the numbers of a column take at most."""
    return max((len(halves(cell)[1]) for cell in cells if cell.std), default=0)


def metric_cells(table: Table) -> list[list[Cell]]:
    """Give the cells of each metric column."""
    first = len(table.factors)
    return [[line.cells[i] for line in table.lines] for i in range(first, len(table.columns))]
