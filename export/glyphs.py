"""Outlines and widths of text in the fonts that come with matplotlib.

Glyph outlines instead of drawn strings: measuring and drawing thousands of numbers then costs a
dictionary look-up each, and widths do not depend on the resolution.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import text_to_path

# A Times for text; the second has the marks of states, which the first lacks.
FAMILY = ("STIXGeneral", "DejaVu Sans")
# Digits have one width and no kerning: numbers are put together from them.
_DIGITS = frozenset("0123456789.−")


@dataclass(frozen=True)
class Style:
    """How a text is set: size in points, grey from 0 (black) to 1, rise over the base line."""

    size: float
    weight: Literal["normal", "bold"] = "normal"
    slant: Literal["normal", "italic"] = "normal"
    grey: float = 0
    rise: float = 0

    def font(self) -> FontProperties:
        """Find the font."""
        return FontProperties(
            family=list(FAMILY), weight=self.weight, style=self.slant, size=self.size
        )


def units(text: str) -> tuple[str, ...]:
    """Split a text into what is outlined at once: the digits of a number, else all of it."""
    return tuple(text) if _DIGITS.issuperset(text) else (text,)


def width(text: str, style: Style) -> float:
    """Width in points."""
    return sum(advance(unit, style) for unit in units(text))


@lru_cache(maxsize=8192)
def advance(unit: str, style: Style) -> float:
    """Width of one unit in points."""
    found: float = text_to_path.get_text_width_height_descent(unit, style.font(), False)[0]
    return found


@lru_cache(maxsize=8192)
def outline(unit: str, style: Style) -> Path:
    """Outline in points, from the origin."""
    # TextPath would read $…$ as mathematics: names with dollars are shown as they are.
    corners, codes = text_to_path.get_text_path(style.font(), unit, ismath=False)
    scale = style.size / text_to_path.FONT_SCALE
    return Path(np.reshape(corners, (-1, 2)) * scale, codes)
