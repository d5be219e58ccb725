"""Figures as images inside a page."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from export.report import Picture
from launch.target import DPI

# Outlines are sharp at any size, but each letter and line takes bytes: of many, dots take fewer.
MOST_OUTLINES = 300_000
POINTS = 72  # per inch


def picture(
    save: Callable[[Path, int], None],
    caption: str,
    command: str = "",
    remarks: Sequence[str] = (),
) -> Picture:
    """Take what `save` writes to a file at some dpi."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "figure.svg"
        save(path, DPI)
        image = path.read_bytes()
        width = _width(image)
        if len(image) < MOST_OUTLINES:
            return Picture(image, "image/svg+xml", width, caption, command, tuple(remarks))
        path = path.with_suffix(".png")
        save(path, DPI)
        return Picture(path.read_bytes(), "image/png", width, caption, command, tuple(remarks))


def _width(svg: bytes) -> float:
    """Read from its head how many inches a drawing is wide."""
    found = re.search(rb'width="([\d.]+)pt"', svg)
    assert found is not None
    return float(found[1]) / POINTS
