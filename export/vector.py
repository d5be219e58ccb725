"""A table as PDF and SVG: the page that the PNG shows, without a resolution.

A PDF carries its text as text, with the fonts inside: it can be searched and copied. An SVG can
not hold fonts that every program reads, so its text is outlines, which look the same everywhere.
"""

from pathlib import Path

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure

from core.errors import ConfigError
from export.glyphs import width
from export.graphics import POINTS, SETTINGS, TIME
from export.page import Page, compose
from export.png import rules
from export.table import Table, one_line
from export.writing import replacing

LARGEST = 14400  # points that a page of a PDF has on a side


def draw(table: Table, path: Path) -> None:
    """Write a table as the vector graphics that the file's suffix names, pdf or svg.

    Raises ConfigError where the file cannot be written, or the table is too large for a page.
    """
    suffix = path.suffix.lower()
    page = compose(table)
    if suffix == ".pdf" and max(page.width, page.height) > LARGEST:
        raise ConfigError(
            f"cannot write {path}: the table takes {page.width:.0f} × {page.height:.0f} points, "
            f"and a page has {LARGEST} a side at most; select fewer rows or metrics"
        )
    about = {"Title": one_line(table.title) or None, TIME[suffix]: None}
    with mpl.rc_context(SETTINGS), replacing(path) as work:  # type: ignore[arg-type]
        figure(page).savefig(work, format=suffix[1:], metadata=about)


def figure(page: Page) -> Figure:
    """Draw a page: its rules, and its texts one by one."""
    size = (page.width / POINTS, page.height / POINTS)
    drawn = Figure(figsize=size, dpi=POINTS, facecolor="white")
    drawn.add_artist(rules(page, POINTS))
    drawn.add_artist(_Texts(page))
    return drawn


class _Texts(Artist):
    """All texts of a page: an artist each would take longer to keep than to draw."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page

    def draw(self, renderer: RendererBase) -> None:
        """Draw each text on its base line."""
        fonts = {style: style.font() for style in {run.style for run in self._page.runs}}
        for run in self._page.runs:
            gc = renderer.new_gc()
            gc.set_foreground(str(run.style.grey))
            # A PDF gives a thin space the width of the font's common one: only the text is drawn.
            x = run.x + width(run.text, run.style) - width(run.text.lstrip(), run.style)
            y = run.y if renderer.flipy() else self._page.height - run.y
            renderer.draw_text(gc, x, y, run.text.strip(), fonts[run.style], 0, ismath=False)
