"""Results to a table: which columns, which order, which groups, what goes to the caption."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Literal, TypeAlias

from core.contrast import varying
from core.errors import ConfigError, SelectorError, UnknownName
from core.results import Results, Row
from core.values import Modality, is_number, token
from export.cells import Summarise, factor_cell, mark_best, metric_cell
from export.comparison import add_published, check_names
from export.notes import notes, planned_count
from export.pivot import metric_column
from export.published import PublishedRow
from export.significance import check_test, mark_close
from export.summary import summary
from export.table import Cell, Column, Line, Note, Table

# How rows are arranged: by the factors of their columns, in groups where these come together; as
# they are given, in such groups; or as they are given, in one list.
Arrangement: TypeAlias = Literal["factors", "groups", "list"]


def build(
    results: Results,
    *,
    order: Sequence[str] | None = None,
    published: Sequence[PublishedRow] | None = None,
    title: str | None = None,
    cells: str = "mean±std",
    test: str = "t",
    alpha: float = 0.05,
    arrangement: Arrangement = "factors",
    chosen: Sequence[str] = (),
    remarks: Sequence[str] = (),
) -> Table:
    """Lay results out as a table.

    Factors that tell the rows apart are columns, in the order of the plans or with those of
    `order` first, and so are those of `chosen`; the others go to the caption. Rows follow their
    columns, or stay as they are arranged. Three columns of factors or more make groups by the
    first one, and the best is sought in each group; what is not significantly worse is marked.
    `cells` is one of export.summary.SUMMARIES, `test` one of export.testing.TESTS or "none";
    `remarks` are footnotes that come first.

    Raises UnknownName for a factor that no plan has, an unknown summary or test, SelectorError
    where nothing is selected, ConfigError where there is no metric to show, or for an `alpha`
    that is no probability.
    """
    _check(results)
    check_test(test, alpha)
    summarised = summary(cells)
    check_names(published or (), results.experiment, results.metrics)
    factors = _factors(results, order or ())
    apart = {*varying([row.setting for row in results.rows]), *chosen}
    names = [name for name in factors if name in apart]
    columns = (
        *factor_columns({name: factors[name] for name in names}),
        *map(metric_column, results.metrics),
    )
    planned = planned_count(results)
    lines = _lines(results, columns, summarised.show)
    if arrangement == "factors":
        lines = _sorted(lines, names)
    ours = [lines] if arrangement == "list" else _groups(lines, names)
    placed, cited = add_published(ours, published or (), columns, planned)
    best = [mark_best(group, columns) for group in placed]
    groups, tested = mark_close(best, columns, test, alpha)
    said = notes(groups, columns, results.experiment, planned, summarised.note, tested)
    return Table(
        title=results.experiment.purpose if title is None else title,
        experiment=results.experiment.name,
        columns=columns,
        groups=groups,
        constants={name: values[0] for name, values in factors.items() if name not in names},
        notes=(*(Note("", remark) for remark in remarks), *said, *cited),
    )


def _check(results: Results) -> None:
    name = results.experiment.name
    if not results.rows:
        raise SelectorError(f"no rows: nothing of experiment {name!r} is selected")
    if not results.metrics:
        raise ConfigError(f"experiment {name!r} has no metric to show; declare one in its plan")


def _factors(results: Results, order: Sequence[str]) -> dict[str, list[Modality]]:
    """Find the modalities of each factor that some row has; those asked for come first."""
    known = results.experiment.factors
    for name in order:
        if name not in known:
            raise UnknownName("factor", name, known)
    # The row with the fewest blanks has its plan's whole order.
    rows = sorted(results.rows, key=lambda row: -len(row.setting))
    names = dict.fromkeys([*order, *(name for row in rows for name in row.setting)])
    found = {name: _modalities(results, name) for name in names}
    return {name: values for name, values in found.items() if values}


def _modalities(results: Results, name: str) -> list[Modality]:
    found = (row.setting[name] for row in results.rows if name in row.setting)
    return list({token(value): value for value in found}.values())


def factor_columns(factors: Mapping[str, Sequence[Modality]]) -> list[Column]:
    """Make a column of each factor; one row alone is called by its experiment."""
    columns = []
    for name, values in factors.items():
        align: Literal["left", "right"] = "right" if all(map(is_number, values)) else "left"
        columns.append(Column(name, "factor", align, name))
    return columns or [Column("", "factor", "left")]


def _lines(results: Results, columns: Sequence[Column], summarise: Summarise) -> list[Line]:
    name = results.experiment.name
    return [
        Line(tuple(_cell(row, column, name, summarise) for column in columns), row)
        for row in results.rows
    ]


def _sorted(lines: Sequence[Line], names: Sequence[str]) -> list[Line]:
    """Order lines by their columns, modalities as they first occur."""
    ranks: dict[str, dict[str, int]] = {name: {} for name in names}

    def rank(line: Line) -> list[int]:
        tokens = zip(ranks.values(), _tokens(line, names), strict=True)
        return [known.setdefault(token, len(known)) for known, token in tokens]

    return sorted(lines, key=rank)


def _groups(lines: list[Line], names: Sequence[str]) -> list[list[Line]]:
    """Split lines by their first factor, where its modalities come together and others follow."""
    if len(names) < 3:
        return [lines]
    runs = [(key, list(run)) for key, run in groupby(lines, lambda line: _tokens(line, names[:1]))]
    together = len({key[0] for key, _ in runs}) == len(runs)
    if not together or len(runs) == len(lines):
        return [lines]
    return [_without_repeats(run) for _, run in runs]


def _tokens(line: Line, names: Sequence[str]) -> list[str]:
    assert isinstance(line.source, Row)
    return line.source.setting.tokens(names)


def _cell(row: Row, column: Column, experiment: str, summarise: Summarise) -> Cell:
    if column.metric is not None:
        return metric_cell(row.cells[column.name], column.metric, summarise)
    return factor_cell(row.setting, column.name) if column.name else Cell(experiment)


def _without_repeats(lines: list[Line]) -> list[Line]:
    """Note that below the first line of a group the value that groups it is the same."""
    first, *rest = lines
    return [first, *(replace(line, cells=_repeated(line.cells)) for line in rest)]


def _repeated(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    return (replace(cells[0], repeated=True), *cells[1:])
