"""Numbers of a metric column, aligned at the decimal point and at ±."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from export.ruler import Part, Piece, Pieces, Role, Ruler, place
from export.table import Cell, Difference


@dataclass(frozen=True)
class Decimals:
    """Widest part of a column's numbers before the point, and after it up to ± and to the end."""

    before: float
    fraction: float
    after: float
    ruler: Ruler

    @property
    def width(self) -> float:
        """Width that all numbers together need."""
        return self.before + self.after

    def lines(self, cell: Cell, x: float) -> list[Pieces]:
        """Place one cell's numbers below each other, the column's numbers starting at `x`."""
        return [self._pieces(number, x) for number in _numbers(cell, self.ruler)]

    def _pieces(self, number: "_Number", x: float) -> Pieces:
        whole, fraction = _halves(number.head, self.ruler)
        point = x + self.before
        end = point + (self.fraction if number.aligned else fraction)
        tail = place(number.tail, end, 0, "left", self.ruler)
        return (Piece(point - whole, *number.head), *tail)


def align(cells: Iterable[Cell], ruler: Ruler) -> Decimals:
    """Measure the numbers of a column."""
    before = fraction = alone = rest = 0.0
    for number in (number for cell in cells for number in _numbers(cell, ruler)):
        whole, own = _halves(number.head, ruler)
        tail = sum(ruler.width(*part) for part in number.tail)
        before, fraction = max(before, whole), max(fraction, own)
        if number.aligned:
            rest = max(rest, tail)
        else:
            alone = max(alone, own + tail)
    return Decimals(before, fraction, max(fraction + rest, alone), ruler)


@dataclass(frozen=True)
class _Number:
    """A number and what follows it; `aligned` where that starts at the same place in a column."""

    head: Part
    tail: Sequence[Part]
    aligned: bool


def _numbers(cell: Cell, ruler: Ruler) -> list[_Number]:
    """Give the number of a cell, and the difference below it where there is one."""
    role: Role = "best" if cell.bold else "close" if cell.close else "text"
    # A vast number (1.25e+09) is wide: what follows the others would be set apart from them.
    aligned = bool(cell.std or cell.spread) and "e" not in cell.text
    number = _Number((cell.text, role), _tail(cell, ruler), aligned)
    return [number, *([_below(cell.difference)] if cell.difference else [])]


def _tail(cell: Cell, ruler: Ruler) -> Sequence[Part]:
    """List what follows a number."""
    std: list[Part] = [(ruler.sign, "std"), (cell.std, "std")] if cell.std else []
    spread: list[Part] = [(f" {cell.spread}", "std")] if cell.spread else []
    count: list[Part] = [(f" {cell.count}", "count")] if cell.count else []
    return [*std, *spread, *count]


def _below(difference: Difference) -> _Number:
    test: list[Part] = [(f" {difference.test}", "count")] if difference.test else []
    return _Number((difference.text, "count"), test, False)


def _halves(part: Part, ruler: Ruler) -> tuple[float, float]:
    """Width of a number before its point, and from there on."""
    text, role = part
    whole, point, fraction = text.partition(".")
    return ruler.width(whole, role), ruler.width(point + fraction, role)
