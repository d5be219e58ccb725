"""What all figures have in common: the page, the type, the files."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from core.errors import UnknownName
from export.glyphs import FAMILY
from export.writing import replacing

# TrueType fonts (journals refuse Type 3), and the same bytes for the same figure.
STYLE: dict[str, object] = {
    "font.family": list(FAMILY),
    "text.hinting": "none",  # letters as far apart as their widths say
    "text.parse_math": False,  # names with dollars are shown as they are
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "svg.hashsalt": "sonoplan",
}
# What each format calls the time of writing; it is left out.
FORMATS = {".png": "Creation Time", ".svg": "Date", ".pdf": "CreationDate"}


def save(figure: Figure, path: Path, dpi: int = 200) -> None:
    """Write a figure as png, svg or pdf.

    Raises UnknownName for another suffix, ConfigError where the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise UnknownName("figure format", suffix, FORMATS, f" (asked for {path.name!r})")
    with mpl.rc_context(STYLE), replacing(path) as work:  # type: ignore[arg-type]
        figure.savefig(work, format=suffix[1:], dpi=dpi, metadata={FORMATS[suffix]: None})
