"""Published rows in a table: which belong there, where they stand, what has to be said of them."""

from collections.abc import Collection, Sequence

from core.errors import UnknownName
from core.experiment import Experiment
from core.metric import Metric
from core.results import Row
from core.values import Modality, literal, token
from export.cells import absent, published_cell
from export.difference import with_difference
from export.published import PublishedRow
from export.table import Cell, Column, Line, Note, shown

DAGGERS = "†‡§¶‖#"
NO_REASON = "not comparable with ours"


def add_published(
    groups: Sequence[Sequence[Line]],
    published: Sequence[PublishedRow],
    columns: Sequence[Column],
    planned: int | None,
) -> tuple[list[list[Line]], list[Note]]:
    """Put published rows beside ours, and give the footnotes they need.

    A row that describes exactly one of our rows stands under it, with the difference between
    them; the others that agree with one of ours on all they state come in a group of their own;
    the rest is left out, and so is a row that gives none of the metrics shown.
    """
    varying = {column.name for column in columns if column.kind == "factor"}
    under: dict[int, list[PublishedRow]] = {}
    block: list[PublishedRow] = []
    ours = [line for group in groups for line in group]
    metrics = {column.name for column in columns if column.metric is not None}
    for row in published:
        if not metrics & row.figures.keys():
            continue
        agreeing = [line for line in ours if agrees(row, line.source)]
        if len(agreeing) == 1 and varying & row.factors.keys():
            under.setdefault(id(agreeing[0]), []).append(row)
        elif agreeing:
            block.append(row)
    maker = _LineMaker(columns, planned)
    placed = [
        [
            new
            for line in group
            for new in (line, *maker.lines(under.get(id(line), ()), line.source))
        ]
        for group in groups
    ]
    placed += [maker.lines(block)] if block else []
    return placed, maker.notes


def agrees(row: PublishedRow, ours: Row | PublishedRow) -> bool:
    """Tell whether a row of ours has what a published row states of its factors."""
    if isinstance(ours, PublishedRow):
        return False
    stated = {name: text for name, text in row.factors.items() if name in ours.setting}
    return all(same(text, ours.setting[name]) for name, text in stated.items())


def check_names(
    published: Sequence[PublishedRow], experiment: Experiment, shown: Sequence[Metric] = ()
) -> None:
    """Raise UnknownName for a factor or a metric that neither the experiment nor the table has."""
    metrics = [metric.name for metric in (*experiment.metrics, *shown)]
    for row in published:
        _check("factor", row.factors, experiment.factors, row)
        _check("metric", row.figures, metrics, row)


def _check(kind: str, names: Collection[str], known: Collection[str], row: PublishedRow) -> None:
    for name in names:
        if name not in known:
            raise UnknownName(f"{kind} (of published row {row.name!r})", name, known)


def same(written: str, value: Modality) -> bool:
    """Tell whether a published row states this modality."""
    return written == shown(value) or token(literal(written)) == token(value)


class _LineMaker:
    """Turns published rows into lines, numbering citations as they come."""

    def __init__(self, columns: Sequence[Column], planned: int | None) -> None:
        self._columns = columns
        self._planned = planned
        self._citations: dict[str, str] = {}
        self._reasons: dict[str, str] = {}

    def lines(
        self, rows: Sequence[PublishedRow], ours: Row | PublishedRow | None = None
    ) -> list[Line]:
        """Make lines of rows that stand under one of ours, or under none."""
        return [self._line(row, ours if isinstance(ours, Row) else None) for row in rows]

    def _line(self, row: PublishedRow, ours: Row | None) -> Line:
        mark = self._citations.setdefault(_citation(row), f"[{len(self._citations) + 1}]")
        if not row.comparable:
            reason = row.note or NO_REASON
            mark += self._reasons.setdefault(reason, _dagger(len(self._reasons)))
        count = "" if row.n in (None, self._planned) else f"(n={row.n})"
        cells = tuple(_cell(row, column, ours) for column in self._columns)
        label = Cell(shown(row.name), count=count, mark=mark)
        return Line(cells, row, label, under=ours is not None)

    @property
    def notes(self) -> list[Note]:
        found = {**self._citations, **self._reasons}
        return [Note(mark, text) for text, mark in found.items()]


def _cell(row: PublishedRow, column: Column, ours: Row | None) -> Cell:
    if column.metric is not None:
        cell = published_cell(row, column.metric)
        return with_difference(cell, row, ours.cells[column.name], column.metric) if ours else cell
    return Cell(row.factors[column.name]) if column.name in row.factors else absent("not reported")


def _citation(row: PublishedRow) -> str:
    """Write the footnote of a citation: rows that differ in one of the remarks have two."""
    remarks = [
        f"definition: {row.definition}" if row.definition else "",
        f"selection: {row.selection}" if row.selection else "",
        row.note if row.comparable else "",
    ]
    return "; ".join([row.citation, *filter(None, remarks)])


def _dagger(place: int) -> str:
    return DAGGERS[place % len(DAGGERS)] * (place // len(DAGGERS) + 1)
