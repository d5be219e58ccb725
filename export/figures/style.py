"""What all figures have in common: the page, the type, the colours, the files."""

from collections.abc import Callable, Sequence
from functools import wraps
from io import BytesIO
from pathlib import Path
from typing import Any, ParamSpec, TypeAlias

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from core.errors import UnknownName
from export import DPI
from export.glyphs import FAMILY
from export.graphics import SETTINGS, TIME
from export.writing import replacing

STYLE: dict[str, object] = {
    "font.family": list(FAMILY),
    "font.size": 8,
    "text.hinting": "none",  # letters as far apart as their widths say
    "text.parse_math": False,  # names with dollars are shown as they are
    "axes.titlesize": 8,
    "axes.titlepad": 4,
    "axes.labelsize": 8,
    "axes.labelpad": 2.5,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.formatter.use_mathtext": False,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.minor.size": 0,
    "ytick.minor.size": 0,
    "lines.linewidth": 1.1,
    "patch.linewidth": 0.6,
    "hatch.linewidth": 0.4,
    "legend.fontsize": 7,
    "legend.title_fontsize": 7,
    "legend.frameon": False,
    "legend.handlelength": 1.8,
    "legend.columnspacing": 1.2,
    "legend.labelspacing": 0.3,
    "legend.borderpad": 0,
    **SETTINGS,
}
FORMATS = tuple(TIME)
# Widths in inches of one and of both columns of a journal's page.
COLUMN, PAGE = 3.3, 6.9
# Okabe and Ito (2008), whom the colour-blind can tell apart; their yellow is too pale for a line.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", (0, (4, 1.5)), (0, (1, 1.2)))
MARKERS = "osD^v<>"
GREY, PALE = "0.45", "0.8"
# Light to dark in one hue for shares, and evenly in brightness for metrics.
SHARES, VALUES = "Blues", "cividis"

P = ParamSpec("P")
# Keyword arguments of matplotlib, which have many types.
Look: TypeAlias = dict[str, Any]


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Let a function draw in this style."""

    @wraps(draw)
    def inner(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with mpl.rc_context(STYLE):  # type: ignore[arg-type]
            return draw(*args, **kwargs)

    return inner


def page(height: float, width: float = COLUMN) -> Figure:
    """Make a white page (inches), on which axes take the room that labels leave."""
    figure = Figure(figsize=(width, height), facecolor="white", layout="constrained")
    figure.get_layout_engine().set(w_pad=0.04, h_pad=0.04)  # type: ignore[union-attr,call-arg]
    return figure


def colour(place: int) -> str:
    """Give the colour of the thing at a place in a list."""
    return COLOURS[place % len(COLOURS)]


def dash(place: int) -> str | tuple[int, Sequence[float]]:
    """Give its dashes, which change where the colours start anew."""
    return DASHES[place // len(COLOURS) % len(DASHES)]


def marker(place: int) -> str:
    """Give its marker; together with the colours, 49 differ."""
    return MARKERS[(place + place // len(COLOURS)) % len(MARKERS)]


def panels(figure: Figure, number: int, columns: int, sharex: bool = False) -> list[Axes]:
    """Divide a page into axes on one vertical scale; the lowest of a column keeps its labels."""
    lines = -(-number // columns)
    grid = figure.subplots(lines, columns, squeeze=False, sharex=sharex, sharey=True)
    for axes in grid.flat[number:]:
        axes.remove()
    found: list[Axes] = list(grid.flat[:number])
    for axes in found[max(number - columns, 0) :]:
        axes.tick_params(labelbottom=True)
    return found


def colour_bar(
    image: AxesImage,
    beside: Axes | Sequence[Axes],
    told: str,
    *,
    pad: float,
    fraction: float = 0.15,
    shrink: float = 1.0,
) -> None:
    """Tell what the colours of an image mean, in room that the axes beside it give."""
    assert image.figure is not None, "the image is on a page"
    bar = image.figure.colorbar(image, ax=beside, pad=pad, fraction=fraction, shrink=shrink)
    bar.set_label(told)
    bar.outline.set_visible(False)


def logarithmic(axes: Axes, low: float, high: float) -> None:
    """Make an axis of numbers from low to high logarithmic; ticks are numbers as people write."""
    axes.set_xscale("log")
    subs = (1, 2, 5) if high < 30 * low else (1, 3) if high < 200 * low else (1,)
    axes.xaxis.set_major_locator(LogLocator(subs=subs))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))


def number(value: float, digits: int = 3) -> str:
    """Write a number with so many significant digits: `0.0123`, `1234`, `4.2e−5`."""
    size = abs(value)
    if 10 ** (digits - 1) <= size < 1e6:
        return f"{value:.0f}".replace("-", "−")
    text = f"{value:.{digits}g}"
    if 0 < size <= 1e-3:
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        text = f"{float(mantissa):g}e{int(exponent)}"
    return text.replace("-", "−")


def save(figure: Figure, path: Path, dpi: int = DPI) -> None:
    """Write a figure as png, svg or pdf.

    Raises UnknownName for another suffix, ConfigError where the file cannot be written.
    """
    suffix = check_format(path)
    with mpl.rc_context(STYLE), replacing(path) as work:  # type: ignore[arg-type]
        figure.savefig(work, format=suffix[1:], dpi=dpi, metadata={TIME[suffix]: None})


def png(figure: Figure, dpi: int = DPI) -> bytes:
    """Draw a figure as the bytes of a PNG."""
    drawn = BytesIO()
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        figure.savefig(drawn, format="png", dpi=dpi, metadata={TIME[".png"]: None})
    return drawn.getvalue()


def check_format(path: Path) -> str:
    """Give a file's suffix; raises UnknownName for one that figures are not written in."""
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise UnknownName("figure format", suffix, FORMATS, f" (asked for {path.name!r})")
    return suffix
