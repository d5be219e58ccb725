"""A table as PNG, drawn by matplotlib alone: no browser, no display, no outside program."""

from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.transforms import Affine2D
from PIL import Image

from core.errors import ConfigError
from export import DPI
from export.glyphs import advance, outline, units
from export.graphics import POINTS
from export.page import Page, compose
from export.table import Table
from export.writing import replacing

LARGEST = 2**16 - 1  # pixels that Agg can draw on a side


def draw(table: Table, path: Path, dpi: int = DPI) -> None:
    """Write a table as an image in greys on white, as large as its content.

    Raises ConfigError where the file cannot be written, or the table is too large for an image.
    """
    page = compose(table)
    width, height = (round(side * dpi / POINTS) for side in (page.width, page.height))
    if max(width, height) > LARGEST:
        raise ConfigError(
            f"cannot write {path}: the table takes {width} × {height} pixels at {dpi} dpi, and an "
            f"image has {LARGEST} a side at most; select fewer rows or metrics"
        )
    image = Image.fromarray(_greys(figure(page, dpi)))
    with replacing(path) as work:
        image.save(work, format="png", dpi=(dpi, dpi))


def figure(page: Page, dpi: int) -> Figure:
    """Draw a page: its rules, and all its glyphs as one collection."""
    drawn = Figure(figsize=(page.width / POINTS, page.height / POINTS), dpi=dpi, facecolor="white")
    drawn.add_artist(rules(page, dpi))
    drawn.add_artist(_text(page, dpi))
    return drawn


def rules(page: Page, dpi: int) -> LineCollection:
    """Draw the rules of a page."""
    return LineCollection(
        [[(r.x, page.height - r.y), (r.x + r.length, page.height - r.y)] for r in page.rules],
        linewidths=[rule.weight for rule in page.rules],
        colors="black",
        capstyle="butt",
        transform=_pixels(dpi),
    )


def _text(page: Page, dpi: int) -> PathCollection:
    outlines, places, greys = [], [], []
    for run in page.runs:
        # Base lines on whole pixels: every row then looks the same.
        x, y = run.x, round((page.height - run.y) * dpi / POINTS) * POINTS / dpi
        for unit in units(run.text):
            outlines.append(outline(unit, run.style))
            places.append((x, y))
            greys.append(str(run.style.grey))
            x += advance(unit, run.style)
    glyphs = PathCollection(
        outlines, offsets=places, offset_transform=_pixels(dpi), facecolors=greys, linewidths=0
    )
    glyphs.set_transform(_pixels(dpi))
    glyphs.set_snap(False)  # ± and = would be bent to whole pixels
    return glyphs


def _pixels(dpi: int) -> Affine2D:
    return Affine2D().scale(dpi / POINTS)


def _greys(drawn: Figure) -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    """Give the pixels; all that is drawn is grey, so one channel says it all."""
    canvas = FigureCanvasAgg(drawn)
    canvas.draw()  # type: ignore[no-untyped-call]
    pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    return np.ascontiguousarray(pixels[..., 0])
