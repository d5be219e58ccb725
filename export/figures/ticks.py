"""Names below an axis: on one line, on several, or turned, so that none touches another."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from export.figures.legend import LINE, TEXT, pieces, shortened, wrapped
from export.figures.style import Look
from export.glyphs import width
from export.graphics import POINTS

ANGLE = 45  # degrees
LONGEST = 28  # letters of a turned name: lines of it would lie on the neighbours'
LINES = 3  # of a name that is not turned


@dataclass(frozen=True)
class Names:
    """What is written at the ticks, how, and how much more height (inches) than one line takes."""

    texts: tuple[str, ...]
    look: Look
    more: float = 0


def fit(names: Sequence[str], room: float) -> Names:
    """Write names that have so much room (inches) each."""
    points = room * POINTS - 2
    letters = int(points / width("n", TEXT))
    if max(width(name, TEXT) for name in names) <= points:
        return Names(tuple(names), {})
    texts = tuple(wrapped(name, letters) for name in names) if letters else ()
    broken = max(len(piece.strip()) for name in names for piece in pieces(name)) > letters
    lines = max((text.count("\n") + 1 for text in texts), default=0)
    if not broken and lines <= LINES:
        return Names(texts, {}, LINE * (lines - 1) / POINTS)
    texts = tuple(shortened(name, LONGEST) for name in names)
    longest = max(width(text, TEXT) for text in texts)
    turned: Look = {"rotation": ANGLE, "rotation_mode": "anchor", "ha": "right"}
    return Names(texts, turned, longest * math.sin(math.radians(ANGLE)) / POINTS)
