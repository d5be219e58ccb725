"""A table as GitHub's Markdown, its columns aligned in the source as well.

Markdown has no rules between rows: a group starts where its first column has a value.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from rich.cells import cell_len

from export.markup import Markup
from export.table import Column, Line, Table, one_line
from export.writing import replacing

# An underscore inside a word is only that; a backslash before it would be noise.
_SPECIAL = re.compile(r"[\\`*|<>\[$~#]|&(?=#?\w+;)|(?<!\w)_|_(?!\w)")
INDENT = "\u2003"  # a space that Markdown does not strip


def escape(text: str) -> str:
    """Write a text so that it is shown as it is."""
    return _SPECIAL.sub(r"\\\g<0>", one_line(text))


MARKUP = Markup(
    escape=escape,
    bold=lambda text: f"**{text}**",
    underlined=lambda text: f"<ins>{text}</ins>",
    italic=lambda text: f"*{text}*",
    small=lambda text: text,
    raised=lambda text: f"<sup>{text}</sup>",
    sign=" ± ",
)


def draw(table: Table, path: Path) -> None:
    """Write a table as Markdown; ConfigError where the file cannot be written."""
    with replacing(path) as work:
        work.write_text(source(table), encoding="utf-8")


def source(table: Table) -> str:
    """Write title, caption, table and notes, with an empty line between."""
    title = MARKUP.bold(escape(table.title)) if table.title else ""
    notes = (escape(str(note)) for note in table.notes)
    blocks = [title, escape(table.caption), _grid(table), *notes]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _grid(table: Table) -> str:
    factors = len(table.factors)
    rows = [[escape(column.heading) for column in table.columns]]
    rows += [_cells(line, factors) for line in table.lines]
    widths = [max(3, *map(cell_len, cells)) for cells in zip(*rows, strict=True)]
    head, *body = (_row(row, table.columns, widths) for row in rows)
    return "\n".join([head, "".join(_delimiters(table.columns, widths)) + "|", *body])


def _cells(line: Line, factors: int) -> list[str]:
    numbers = [_number(MARKUP.cell(c), MARKUP.below(c)) for c in line.cells[factors:]]
    if line.label is None:
        return [*map(MARKUP.cell, line.cells[:factors]), *numbers]
    name = INDENT * line.under + MARKUP.label(line.label)
    return [name, *[""] * (factors - 1), *numbers]


def _number(number: str, below: str) -> str:
    return f"{number}<br>{below}" if below else number


def _row(cells: list[str], columns: tuple[Column, ...], widths: list[int]) -> str:
    padded = []
    for cell, column, width in zip(cells, columns, widths, strict=True):
        room = " " * (width - cell_len(cell))
        padded.append(cell + room if column.align == "left" else room + cell)
    return f"| {' | '.join(padded)} |"


def _delimiters(columns: tuple[Column, ...], widths: list[int]) -> Iterator[str]:
    for column, width in zip(columns, widths, strict=True):
        dashes = "-" * (width - 1)
        yield f"| :{dashes} " if column.align == "left" else f"| {dashes}: "
