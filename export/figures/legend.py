"""Legends outside the data, in as many columns as the page is wide for."""

import re
from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.figure import Figure

from core.errors import ConfigError
from export.figures.style import COLOURS, DASHES
from export.glyphs import Style, width
from export.graphics import POINTS

TEXT = Style(7)
HANDLE = 7 * (1.8 + 0.8 + 1.2)  # a line, the gap after it, the gap between columns
LINE = 9.6  # points
LONGEST = 44  # letters; what is longer is wrapped
MOST = len(COLOURS) * len(DASHES)


def add_legend(
    figure: Figure, handles: Sequence[Artist], labels: Sequence[str], title: str = ""
) -> None:
    """Put a legend below the axes, for which the page grows; its title is wrapped to the page.

    Where nothing has a label there is the title alone.
    """
    if not any(labels):
        handles, labels = [], []
    page = figure.get_figwidth() * POINTS - 10
    texts = [wrapped(label, LONGEST) for label in labels]
    widest = max((width(line, TEXT) for text in texts for line in text.split("\n")), default=0)
    columns = _even(len(labels), max(1, min(int(page // (widest + HANDLE)), 4)))
    letters = int(page / width("n", TEXT))
    head = wrapped(title, letters) if title else ""
    tallest = max((text.count("\n") + 1 for text in texts), default=0)
    lines = -(-len(labels) // columns) * tallest + head.count("\n") + bool(head)
    figure.set_figheight(figure.get_figheight() + LINE * lines / POINTS)
    figure.legend(
        handles,
        texts,
        loc="outside lower center",
        ncols=columns,
        title=head or None,
    )


def check_number(labels: Sequence[object], most: int, what: str) -> None:
    """Raise ConfigError where a figure would have more of something than eyes tell apart."""
    if len(labels) > most:
        raise ConfigError(
            f"{len(labels)} {what} in one figure cannot be told apart, {most} can; select fewer"
        )


def wrapped(text: str, letters: int) -> str:
    """Break a text after spaces, `_`, `-` and the like; one that is empty stays visible."""
    lines = [""]
    for piece in pieces(text):
        for part in (piece[i : i + letters] for i in range(0, len(piece), letters)):
            if lines[-1] and len((lines[-1] + part).rstrip()) > letters:
                lines.append("")
            lines[-1] += part
    return "\n".join(line.strip() for line in lines) or "–"


def shortened(text: str, letters: int) -> str:
    """Leave out the middle of a text that is longer; what names differ in is mostly at an end."""
    if len(text) <= letters:
        return text
    half = (letters - 1) // 2
    return f"{text[: letters - 1 - half]}…{text[len(text) - half :]}"


def pieces(text: str) -> list[str]:
    """Split a text where a line may end; the minus of a number is no such place."""
    return re.split(r"(?<=[\s_/:])|(?<=-)(?=\D)", text)


def _even(number: int, columns: int) -> int:
    """Give the columns that fill as few lines as possible evenly."""
    lines = max(-(-number // columns), 1)
    return max(-(-number // lines), 1)
