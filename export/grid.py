"""Where each piece of a table goes: widths, wrapping and alignment, in the unit of a ruler."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from export.decimals import Decimals, align
from export.heads import spans
from export.ruler import Pieces, Ruler
from export.slot import Slot, lines, narrowest, needed
from export.table import Cell, Line, Table

# A published row's name is wrapped beyond so many of the widest factor columns.
LABEL = 1.2


@dataclass(frozen=True)
class Strip:
    """One row of a table as lines of pieces."""

    lines: tuple[Pieces, ...]


@dataclass(frozen=True)
class Heads:
    """Heads over several columns, and the rules below them: where each starts, how long it is."""

    strip: Strip
    rules: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Grid:
    """The factor columns with as many metric columns as fit beside them."""

    width: float
    above: tuple[Heads, ...]
    head: Strip
    groups: tuple[tuple[Strip, ...], ...]


@dataclass(frozen=True)
class _Widths:
    """Widths that columns take where there is room, and those below which words are broken."""

    factors: list[float]
    words: list[float]
    metrics: list[float]
    decimals: list[Decimals]


def lay_out(table: Table, ruler: Ruler, room: float = math.inf) -> list[Grid]:
    """Place a table's text.

    Where the room is too narrow, factor columns are wrapped first; then the metric columns are
    folded into several grids, each with the factor columns; only where one metric does not fit
    are words broken. No number is ever cut.
    """
    widths = _measure(table, ruler)
    room -= ruler.gap * len(widths.factors)
    least = _narrowed(widths.words, [1] * len(widths.words), room - max(widths.metrics))
    grids = []
    for fold in _fold(widths.metrics, room - sum(least), ruler.gap):
        beside = sum(widths.metrics[i] for i in fold) + ruler.gap * (len(fold) - 1)
        factors = _narrowed(widths.factors, least, room - beside)
        grids.append(_grid(table, _slots(table, factors, widths, fold, ruler), ruler))
    return grids


def _measure(table: Table, ruler: Ruler) -> _Widths:
    found = _Widths([], [], [], [])
    ours = [line for line in table.lines if line.label is None]
    for place, column in enumerate(table.columns):
        title = Cell(column.title)
        if column.kind == "factor":
            cells = [line.cells[place] for line in ours]
            wide = max(needed(cell, "text", ruler.wide, ruler) for cell in cells)
            words = max(narrowest(cell, "text", ruler) for cell in cells)
            found.factors.append(max(wide, needed(title, "head", ruler.wide, ruler)))
            found.words.append(min(ruler.wide, max(words, narrowest(title, "head", ruler))))
        else:
            decimals, width = _numbers([line.cells[place] for line in table.lines], ruler)
            found.decimals.append(decimals)
            found.metrics.append(max(width, needed(title, "head", max(width, ruler.head), ruler)))
    _widen(found.factors, table, ruler)
    _widen_below_heads(found.metrics, table, ruler)
    return found


def _numbers(cells: Sequence[Cell], ruler: Ruler) -> tuple[Decimals, float]:
    """Align the numbers of a metric column, and give the width of its widest cell."""
    decimals = align((cell for cell in cells if cell.state == "value"), ruler)
    marks = [ruler.width(cell.text, "state") for cell in cells if cell.state != "value"]
    return decimals, max([decimals.width, *marks])


def _widen(factors: list[float], table: Table, ruler: Ruler) -> None:
    """Spread over the factor columns what the names of published rows need more."""
    names = [line.label for line in table.lines if line.label is not None]
    wanted = max((needed(name, "label", LABEL * ruler.wide, ruler) for name in names), default=0)
    missing = wanted - sum(factors) - ruler.gap * (len(factors) - 1)
    for place in range(len(factors)):
        factors[place] += max(0, math.ceil(missing / len(factors)))


def _widen_below_heads(metrics: list[float], table: Table, ruler: Ruler) -> None:
    """Spread over the columns below a head what it needs more."""
    first = len(table.columns) - len(metrics)
    for span in (span for level in spans(table.columns) for span in level):
        places = [place - first for place in span.places]
        room = sum(metrics[i] for i in places) + ruler.gap * (len(places) - 1)
        missing = needed(Cell(span.title), "head", max(room, ruler.wide), ruler) - room
        for i in places:
            metrics[i] += max(0, math.ceil(missing / len(places)))


def _fold(widths: Sequence[float], room: float, gap: float) -> list[list[int]]:
    """Split metric columns into runs that fit, one at least in each."""
    folds: list[list[int]] = [[]]
    used = 0.0
    for place, width in enumerate(widths):
        if folds[-1] and used + width > room:
            folds.append([])
            used = 0.0
        folds[-1].append(place)
        used += width + gap
    return folds


def _narrowed(widths: Sequence[float], least: Sequence[float], room: float) -> list[float]:
    """Take from the widest column, step by step, until all fit or none can be narrower."""
    narrowed = list(widths)
    while sum(narrowed) > room:
        spare = [(width, i) for i, width in enumerate(narrowed) if width > least[i]]
        if not spare:
            break
        narrowed[max(spare)[1]] -= 1
    return narrowed


def _slots(
    table: Table, factors: Sequence[float], widths: _Widths, fold: Sequence[int], ruler: Ruler
) -> list[Slot]:
    """Put columns side by side: every factor, and the metrics of one fold."""
    columns: list[tuple[int, float, Decimals | None]] = [
        *((place, width, None) for place, width in enumerate(factors)),
        *((len(factors) + i, widths.metrics[i], widths.decimals[i]) for i in fold),
    ]
    slots: list[Slot] = []
    x = 0.0
    for place, width, decimals in columns:
        slots.append(Slot(table.columns[place], place, x, width, decimals, ruler))
        x += width + ruler.gap
    return slots


def _grid(table: Table, slots: Sequence[Slot], ruler: Ruler) -> Grid:
    titles = [slot.head() for slot in slots]
    height = max(map(len, titles))
    head = _strip([[*[()] * (height - len(title)), *title] for title in titles])
    groups = tuple(tuple(_group(group, slots, ruler)) for group in table.groups)
    return Grid(slots[-1].x + slots[-1].width, tuple(_above(slots, ruler)), head, groups)


def _above(slots: Sequence[Slot], ruler: Ruler) -> Iterator[Heads]:
    """Centre the heads over the columns that share them."""
    for level in spans([slot.column for slot in slots]):
        ends = [(slots[s.first].x, slots[s.last].x + slots[s.last].width) for s in level]
        rules = tuple((x, end - x) for x, end in ends)
        titles = [
            lines(Cell(span.title), "head", x, width, "centre", ruler)
            for span, (x, width) in zip(level, rules, strict=True)
        ]
        height = max(map(len, titles))
        yield Heads(_strip([[*[()] * (height - len(t)), *t] for t in titles]), rules)


def _group(group: Sequence[Line], slots: Sequence[Slot], ruler: Ruler) -> Iterator[Strip]:
    """Set the lines of a group; a long first cell runs down beside the lines that repeat it."""
    left: list[Pieces] = []
    for line, below in zip_longest(group, group[1:]):
        if line.label is not None:
            yield _published(line, line.label, slots, ruler)
            continue
        first, *rest = (slot.cell(line.cells[slot.place]) for slot in slots)
        left += first
        height = max(map(len, rest))
        if below is None or not below.cells[0].repeated:
            height = max(height, len(left))
        yield _strip([left[:height], *rest])
        left = left[height:]


def _published(line: Line, label: Cell, slots: Sequence[Slot], ruler: Ruler) -> Strip:
    metrics = [slot for slot in slots if slot.decimals is not None]
    indent = ruler.gap if line.under else 0
    across = lines(label, "label", indent, metrics[0].x - ruler.gap - indent, "left", ruler)
    return _strip([across, *(slot.cell(line.cells[slot.place]) for slot in metrics)])


def _strip(columns: Iterable[list[Pieces]]) -> Strip:
    """Join what columns have on the same line of text."""
    joined = zip_longest(*columns, fillvalue=())
    return Strip(tuple(tuple(p for pieces in line for p in pieces) for line in joined))
