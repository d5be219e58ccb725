"""A column at its place: turns cells into lines of placed text."""

from dataclasses import dataclass

from export.decimals import Decimals
from export.ruler import Align, Part, Pieces, Role, Ruler, place
from export.table import Cell, Column
from export.wrap import parts, wrap

EXPECTED = ("blank", "not applicable", "not reported")


@dataclass(frozen=True)
class Slot:
    """Column number `place` of a table; `decimals` says how a metric's numbers are aligned."""

    column: Column
    place: int
    x: float
    width: float
    decimals: Decimals | None
    ruler: Ruler

    def head(self) -> list[Pieces]:
        """Place the title: as the factors below it, or centred over numbers."""
        return lines(Cell(self.column.title), "head", self.x, self.width, self._align, self.ruler)

    def cell(self, cell: Cell) -> list[Pieces]:
        """Place one cell; what is repeated from above is left out."""
        if cell.repeated:
            return []
        if self.decimals is None or cell.state != "value":
            return lines(cell, "text", self.x, self.width, self._align, self.ruler)
        return self.decimals.lines(cell, self.x + (self.width - self.decimals.width) // 2)

    @property
    def _align(self) -> Align:
        return "centre" if self.column.align == "decimal" else self.column.align


def lines(
    cell: Cell, role: Role, x: float, width: float, align: Align, ruler: Ruler
) -> list[Pieces]:
    """Place a text within a width, wrapped, with its count and its mark after it."""
    parts = wrapped(cell, role, width, ruler)
    return [place(line, x, width, align, ruler) for line in parts]


def wrapped(cell: Cell, role: Role, width: float, ruler: Ruler) -> list[list[Part]]:
    """Wrap a text; its count and its mark follow the last line."""
    if cell.state != "value":
        role = "absent" if cell.state in EXPECTED else "state"
    tail: list[Part] = [(f" {cell.count}" if cell.count else "", "count"), (cell.mark, "mark")]
    tail = [part for part in tail if part[0]]
    extra = sum(ruler.width(*part) for part in tail)

    def measure(text: str) -> float:
        return ruler.width(text, role)

    *above, last = wrap(cell.text, width, measure)
    if measure(last) + extra > width:
        *above, last = wrap(cell.text, width - extra, measure)
    return [*([(text, role)] for text in above), [(last, role), *tail]]


def narrowest(cell: Cell, role: Role, ruler: Ruler) -> float:
    """Width of the longest part of a text that is not broken by choice."""
    return max(ruler.width(part, role) for part in parts(cell.text))


def needed(cell: Cell, role: Role, width: float, ruler: Ruler) -> float:
    """Width that a text takes when it is wrapped within `width`."""
    parts = wrapped(cell, role, width, ruler)
    return max(sum(ruler.width(*part) for part in line) for line in parts)
