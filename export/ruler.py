"""What a drawer measures with, and pieces of text placed with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, TypeAlias

# How a text is set; `close` is underlined, `absent` where nothing is expected, `state` where a
# value is missing.
Role: TypeAlias = Literal[
    "head", "text", "best", "close", "std", "count", "mark", "absent", "state", "label"
]
Part: TypeAlias = tuple[str, Role]
Align: TypeAlias = Literal["left", "right", "centre"]


@dataclass(frozen=True)
class Ruler:
    """Widths in the unit of a drawer: characters, or points.

    Parameters
    ----------
    width:
        Width of a text in a role.
    sign:
        How ± is written between a mean and its deviation.
    gap:
        Between columns.
    wide:
        A factor column is wrapped beyond this.
    head:
        A metric's title is wrapped where it is wider than this and than its numbers.
    """

    width: Callable[[str, Role], float]
    sign: str
    gap: float
    wide: float
    head: float


@dataclass(frozen=True)
class Piece:
    """A text in a role, its left end at `x`."""

    x: float
    text: str
    role: Role


Pieces: TypeAlias = tuple[Piece, ...]


def place(parts: Sequence[Part], x: float, width: float, align: Align, ruler: Ruler) -> Pieces:
    """Put parts one after the other into the width from `x` on."""
    widths = [ruler.width(*part) for part in parts]
    slack = width - sum(widths)
    x += {"left": 0, "right": slack, "centre": slack // 2}[align]
    starts = accumulate(widths, initial=x)
    return tuple(Piece(start, *part) for start, part in zip(starts, parts, strict=False))
