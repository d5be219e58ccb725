"""A table as a fragment of HTML, for a page that has `webpage.css` and `webpage.js`."""

import math
from collections.abc import Iterator, Sequence
from html import escape as html_escape

from export.heads import Span, spans
from export.markup import Markup, decimals, halves, metric_cells
from export.published import PublishedRow
from export.runs import runs
from export.table import Cell, Column, Line, Note, Origin, Table, one_line


def escape(text: str) -> str:
    """Write a text so that it is shown, never run."""
    return html_escape(one_line(text))


MARKUP = Markup(
    escape=escape,
    bold=lambda text: f"<b>{text}</b>",
    underlined=lambda text: f"<u>{text}</u>",
    italic=lambda text: f"<i>{text}</i>",
    small=lambda text: f"<small>{text}</small>",
    raised=lambda text: f"<sup>{text}</sup>",
    sign=" ± ",
)


def fragment(table: Table) -> str:
    """Write caption, table and notes."""
    caption = f'<p class="caption">{escape(table.caption)}</p>' if table.caption else ""
    notes = "\n".join(f"<p>{_note(note)}</p>" for note in table.notes)
    return f"""{caption}
<div class="wide"><table class="results grouped">
<thead>{"".join(_heads(table.columns))}</thead>
<tbody>
{"".join(_rows(table))}</tbody>
</table></div>
<div class="notes">
{notes}
</div>"""


def _note(note: Note) -> str:
    mark = MARKUP.raised(escape(note.mark)) + " " if note.mark else ""
    return mark + escape(note.text)


def _heads(columns: Sequence[Column]) -> Iterator[str]:
    """Write heads over several columns, which do not sort, then the title of each column."""
    levels = spans(columns)
    for place, level in enumerate(levels):
        # A column without heads has its title beside them all: DataTables needs one a column.
        alone = [] if place else [_head(c, len(levels) + 1) for c in columns if not c.above]
        yield f"<tr>{''.join([*alone, *map(_spanning, level)])}</tr>"
    yield f"<tr>{''.join(_head(c) for c in columns if c.above or not levels)}</tr>"


def _spanning(span: Span) -> str:
    across = f'colspan="{len(span.places)}" data-dt-order="disable"'
    return f'<th class="across" {across}><span class="over">{escape(span.title)}</span></th>'


def _head(column: Column, rows: int = 1) -> str:
    down = f' rowspan="{rows}"' if rows > 1 else ""
    return f'<th class="{column.align}"{down}>{escape(column.title)}</th>'


def _rows(table: Table) -> Iterator[str]:
    factors, metrics = table.factors, table.metrics
    rooms = [_Room(cells) for cells in metric_cells(table)]
    for place, group in enumerate(table.groups):
        for row, line in enumerate(group):
            names = _class("first" if place and not row else "", "under" if line.under else "")
            found = zip(metrics, line.cells[len(factors) :], rooms, strict=True)
            numbers = "".join(_number(line, *number) for number in found)
            named = "".join(_factors(line, factors))
            yield f"<tr{names}{_source(line, table)}>{named}{numbers}</tr>\n"


def _class(*names: str) -> str:
    joined = " ".join(filter(None, names))
    return f' class="{joined}"' if joined else ""


def _factors(line: Line, columns: tuple[Column, ...]) -> Iterator[str]:
    cells = list(zip(columns, line.cells, strict=False))
    if line.label is not None:
        # One field a column: a name across several could not be sorted.
        yield _field(MARKUP.label(line.label), line.label.text, "published")
        cells = cells[1:]
    for column, cell in cells:
        text = MARKUP.number(cell, cell.text) + MARKUP.rest(cell)
        text = f'<span class="repeated">{text}</span>' if cell.repeated else text
        order = cell.text if cell.state == "value" else ""
        yield _field(text, order, column.align, _absent(cell), "published" * line.published)


def _absent(cell: Cell) -> str:
    return "absent" if cell.state != "value" else ""


def _field(text: str, order: str, *names: str, told: str = "") -> str:
    """Write a field; `order` is what it is sorted by, `told` what is said of it."""
    title = f' title="{told}"' if told else ""
    return f'<td{_class(*names)} data-order="{escape(order)}"{title}>{text}</td>'


def _number(line: Line, column: Column, cell: Cell, room: "_Room") -> str:
    order = "" if math.isnan(cell.mean) else repr(cell.mean)
    told = _lines(_told(line, column, cell))
    return _field(room.shown(cell), order, "decimal", _absent(cell), told=told)


class _Room:
    """Widths of a metric column in characters: what is before the point, up to ±, and in all."""

    def __init__(self, cells: list[Cell]) -> None:
        found = [cell for cell in cells if cell.state == "value"]
        rests = (f"{halves(c)[1]} ± {c.std}{c.spread} {c.count}" for c in found)
        self._whole = max((len(halves(cell)[0]) for cell in found), default=0)
        self._fraction = decimals(found)
        self._rest = max(map(len, rests), default=0)

    def shown(self, cell: Cell) -> str:
        """Write a number, its point and its ± below those of the others."""
        if cell.state != "value":
            return MARKUP.cell(cell)
        whole, fraction = (MARKUP.number(cell, half) for half in halves(cell))
        if cell.std:
            fraction = _box("fraction", self._fraction, fraction)
        below = MARKUP.below(cell)
        number = _box("whole", self._whole + 0.5, whole)
        number += _box("rest", self._rest, fraction + MARKUP.rest(cell))
        return f"{number}<br>{below}" if below else number


def _box(name: str, width: float, text: str) -> str:
    return f'<span class="{name}" style="width:{width:g}ch">{text}</span>'


def _told(line: Line, column: Column, cell: Cell) -> Iterator[str]:
    """Tell what a number is made of."""
    deviation = "" if math.isnan(cell.deviation) else f" ± {cell.deviation:.6g}"
    title = column.heading
    yield f"{title}: {cell.mean:.6g}{deviation}, n = {cell.n}" if cell.n else title
    for run in runs(line, column):
        value = run.state if run.value is None else f"{run.value:.6g}"
        yield f"{run.replicate or 'run'}: {value}{run.task and f', task {run.task}'}"


def _source(line: Line, table: Table) -> str:
    """Tell where a row is from: its tasks and what is known of them, or its paper."""
    if isinstance(line.source, PublishedRow):
        return f' data-source="{escape(line.source.citation)}"'
    ids = line.source.ids
    told = (" ".join(["task", i, *_origin(table.provenance.get(i, {}))]) for i in ids)
    return f' data-source="{_lines(told)}"'


def _origin(origin: Origin) -> Iterator[str]:
    return (v if isinstance(v, str) else f"{v:g} {name}" for name, v in origin.items())


def _lines(texts: Iterator[str]) -> str:
    return "&#10;".join(map(escape, texts))
