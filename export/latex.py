"""A table as LaTeX: rules of booktabs, and no other package."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

from export.heads import Span, spans
from export.markup import Markup, decimals, halves, metric_cells
from export.table import Cell, Column, Line, Note, Table, one_line
from export.writing import replacing

SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    **{sign: f"\\{sign}" for sign in "{}$&#_%"},
    # After the \\ that ends a row, these would be read as its arguments.
    "[": "{[}",
    "*": "{*}",
    "−": "$-$",
    "–": "--",
    "—": "---",
    "…": r"\ldots{}",
    "±": r"$\pm$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "≠": r"$\neq$",
    "≈": r"$\approx$",
    "∞": r"$\infty$",
    "∈": r"$\in$",
    "√": r"$\surd$",
    "→": r"$\rightarrow$",
    "←": r"$\leftarrow$",
    "↑": r"$\uparrow$",
    "↓": r"$\downarrow$",
    "✗": r"$\times$",
    "⊘": r"$\oslash$",
    "▸": r"$\triangleright$",
    "†": r"\dag{}",
    "‡": r"\ddag{}",
    "§": r"\S{}",
    "¶": r"\P{}",
    "‖": r"$\|$",
    "µ": r"$\mu$",
    "ς": r"$\varsigma$",
    "\u2009": r"\,",
}
# Greek letters that have a command; the others look like Latin ones.
GREEK = "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ"
_SPECIAL = re.compile("--|[" + re.escape("".join(SPECIAL) + GREEK) + "]")


def escape(text: str) -> str:
    """Write a text so that pdfLaTeX sets it as it is.

    Letters that its fonts do not have stay as they are: LuaLaTeX and XeLaTeX set them.
    """
    return _SPECIAL.sub(lambda found: _escaped(found[0]), one_line(text))


def _escaped(sign: str) -> str:
    if sign == "--":
        return "-{}-"  # two hyphens would become a dash
    if sign in SPECIAL:
        return SPECIAL[sign]
    _, case, _, *name = unicodedata.name(sign).split()
    command = "".join(name).lower().replace("lamda", "lambda")
    return f"$\\{command.capitalize() if case == 'CAPITAL' else command}$"


MARKUP = Markup(
    escape=escape,
    bold=lambda text: rf"\textbf{{{text}}}",
    underlined=lambda text: rf"\underline{{{text}}}",
    italic=lambda text: rf"\emph{{{text}}}",
    small=lambda text: rf"{{\scriptsize {text}}}",
    raised=lambda text: rf"\textsuperscript{{{text}}}",
    sign=r" $\pm$ ",
)


def draw(table: Table, path: Path) -> None:
    """Write a table as LaTeX to include in a paper; ConfigError where that is not possible."""
    with replacing(path) as work:
        work.write_text(source(table), encoding="utf-8")


def source(table: Table) -> str:
    """Write a floating table: caption above, notes below."""
    caption = ". ".join(escape(text) for text in (table.title, table.caption) if text)
    lines = [
        r"% \usepackage{booktabs}",
        r"\begin{table}",
        r"\centering",
        *([rf"\caption{{{caption}}}", r"\smallskip"] if caption else []),
        rf"\begin{{tabular}}{{{''.join(_alignment(column) for column in table.columns)}}}",
        *_grid(table),
        r"\end{tabular}",
        *_notes(table.notes),
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _alignment(column: Column) -> str:
    """Split numbers at the point, so that their points are below each other."""
    return {"left": "l", "right": "r", "decimal": "r@{}l"}[column.align]


def _grid(table: Table) -> Iterator[str]:
    yield r"\toprule"
    for level in spans(table.columns):
        yield from _spanning(level, table.columns)
    yield _row(_head(column) for column in table.columns)
    yield r"\midrule"
    factors = len(table.factors)
    pads = [decimals(cells) for cells in metric_cells(table)]
    for place, group in enumerate(table.groups):
        if place:
            yield r"\midrule[\cmidrulewidth]"
        for line in group:
            yield from _line(line, factors, pads)
    yield r"\bottomrule"


def _spanning(level: Sequence[Span], columns: Sequence[Column]) -> Iterator[str]:
    """Write heads over several columns, with rules below them; numbers take two columns each."""
    starts = [*accumulate((1 + (c.align == "decimal") for c in columns), initial=1)]
    cells, rules, at = [], [], 1
    for span in level:
        first, end = starts[span.first], starts[span.last + 1]
        cells += [""] * (first - at) + [_across(end - first, "c", escape(span.title))]
        rules.append(rf"\cmidrule(lr){{{first}-{end - 1}}}")
        at = end
    yield _row(cells)
    yield "".join(rules)


def _row(cells: Iterator[str] | Sequence[str]) -> str:
    return rf"{' & '.join(cells)} \\"


def _head(column: Column) -> str:
    title = escape(column.title)
    return _across(2, "c", title) if column.align == "decimal" else title


def _across(columns: int, align: str, text: str) -> str:
    return rf"\multicolumn{{{columns}}}{{{align}}}{{{text}}}"


def _line(line: Line, factors: int, pads: Sequence[int]) -> Iterator[str]:
    cells = line.cells[factors:]
    numbers = [_number(cell, pad) for cell, pad in zip(cells, pads, strict=True)]
    if line.label is None:
        yield _row([*map(MARKUP.cell, line.cells[:factors]), *numbers])
        return
    name = r"\quad " * line.under + MARKUP.label(line.label)
    yield _row([_across(factors, "l", name), *numbers])
    if any(cell.difference for cell in cells):
        blank = _across(factors, "l", "")
        yield _row([blank, *(_across(2, "c", MARKUP.below(cell)) for cell in cells)])


def _number(cell: Cell, pad: int) -> str:
    """Write a number in two columns, filled with room for digits that others have before ±."""
    if cell.state != "value":
        return _across(2, "c", MARKUP.cell(cell))
    whole, fraction = halves(cell)
    missing = pad - len(fraction) if cell.std else 0
    room = rf"\phantom{{{('.' + '0' * missing)[-missing:]}}}" if missing > 0 else ""
    # Without anything before it, a column's first space is left out.
    start = MARKUP.number(cell, fraction) + room or "{}"
    return f"{MARKUP.number(cell, whole)} & {start}{MARKUP.rest(cell)}"


def _notes(notes: Sequence[Note]) -> Iterator[str]:
    if not notes:
        return
    yield r"\par\smallskip"
    yield r"\begin{minipage}{\linewidth}"
    yield r"\footnotesize"
    yield "\\\\\n".join(escape(str(note)) for note in notes)
    yield r"\end{minipage}"
