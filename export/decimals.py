"""Numbers of a metric column, aligned at the decimal point and at ±."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from export.ruler import Part, Piece, Pieces, Role, Ruler, place
from export.table import Cell


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

    def pieces(self, cell: Cell, x: float) -> Pieces:
        """Place one number, the column's numbers starting at `x`."""
        mean, rest = _mean(cell), _rest(cell, self.ruler)
        whole, fraction = _halves(mean, self.ruler)
        point = x + self.before
        end = point + (self.fraction if cell.std else fraction)
        return (Piece(point - whole, *mean), *place(rest, end, 0, "left", self.ruler))


def align(cells: Iterable[Cell], ruler: Ruler) -> Decimals:
    """Measure the numbers of a column."""
    before = fraction = without_std = rest = 0.0
    for cell in cells:
        whole, own = _halves(_mean(cell), ruler)
        tail = sum(ruler.width(*part) for part in _rest(cell, ruler))
        before, fraction = max(before, whole), max(fraction, own)
        if cell.std:
            rest = max(rest, tail)
        else:
            without_std = max(without_std, own + tail)
    return Decimals(before, fraction, max(fraction + rest, without_std), ruler)


def _mean(cell: Cell) -> Part:
    role: Role = "best" if cell.bold else "text"
    return cell.text, role


def _rest(cell: Cell, ruler: Ruler) -> Sequence[Part]:
    """List what follows the mean."""
    std: list[Part] = [(ruler.sign, "std"), (cell.std, "std")] if cell.std else []
    count: list[Part] = [(f" {cell.count}", "count")] if cell.count else []
    return [*std, *count]


def _halves(part: Part, ruler: Ruler) -> tuple[float, float]:
    """Width of a number before its point, and from there on."""
    text, role = part
    whole, point, fraction = text.partition(".")
    return ruler.width(whole, role), ruler.width(point + fraction, role)
