"""A table in the terminal, by rich; colours are left to the console."""

from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.text import Text

from export.grid import Grid, Strip, lay_out
from export.ruler import Pieces, Role, Ruler
from export.table import Table

STYLES: dict[Role, str] = {
    "head": "bold",
    "text": "",
    "best": "bold",
    "close": "underline",
    "std": "dim",
    "count": "dim",
    "mark": "cyan",
    "absent": "dim",
    "state": "yellow",
    "label": "italic",
}
RULER = Ruler(width=lambda text, role: cell_len(text), sign="±", gap=2, wide=40, head=14)


def draw(table: Table) -> RenderableType:
    """Give what a console prints: as wide as it needs, folded where the console is narrower."""
    return _Drawing(table)


class _Drawing:
    def __init__(self, table: Table) -> None:
        self._table = table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        table = self._table
        yield from (Text(text, style) for text, style in _above(table) if text)
        for place, grid in enumerate(lay_out(table, RULER, options.max_width)):
            if place:
                yield Text()
            yield from _drawn(grid)
        yield from (Text(str(note), "dim") for note in table.notes)


def _above(table: Table) -> list[tuple[str, str]]:
    return [(table.title, "bold"), (table.caption, "dim")]


def _drawn(grid: Grid) -> Iterator[Text]:
    width = int(grid.width)
    yield _line("━" * width)
    for heads in grid.above:
        yield from _strips([heads.strip])
        yield _rules(heads.rules)
    yield from _strips([grid.head])
    for place, group in enumerate(grid.groups):
        yield _line(("┄" if place else "─") * width)
        yield from _strips(group)
    yield _line("━" * width)


def _strips(strips: Iterable[Strip]) -> Iterator[Text]:
    return (_pieces(pieces) for strip in strips for pieces in strip.lines)


def _pieces(pieces: Pieces) -> Text:
    line = _line("")
    for piece in pieces:
        line.append(" " * (int(piece.x) - line.cell_len))
        line.append(piece.text, STYLES[piece.role])
    return line


def _rules(rules: Iterable[tuple[float, float]]) -> Text:
    line = ""
    for start, length in rules:
        line = line.ljust(int(start)) + "─" * int(length)
    return _line(line)


def _line(text: str) -> Text:
    return Text(text, no_wrap=True, overflow="ignore")
