"""The actions -d and -e: the tables of the selected settings, shown and written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.experiment import Experiment
from core.selection import Selection
from launch import rows
from launch.columns import read_columns
from launch.origins import traced
from launch.target import named, target
from launch.terminal import Terminal
from launch.wishes import PUBLISHED, TableWishes
from launch.workspace import Workspace

if TYPE_CHECKING:
    from export.layout import Arrangement
    from export.table import Table

# Formats that show, by task, where a value came from.
TRACED = (".html", ".xlsx")


@dataclass(frozen=True)
class Drawn:
    """What is shown and written: tables, and what draws figures to a file at some dpi.

    What a table or figure is called is added to the name of the file; the main table has no name.
    """

    tables: Mapping[str, "Table"]
    figures: Mapping[str, Callable[[Path, int], None]] = field(default_factory=dict)


def check(experiment: Experiment, wishes: TableWishes, name: str | None) -> None:
    """Refuse an unknown metric, test or format now, not after a night of computing."""
    from export import targets
    from export.pivot import check_factors
    from export.significance import check_test
    from export.summary import summary

    columns = read_columns(experiment, wishes.columns)
    check_factors(experiment, [*columns.over, *wishes.per])
    rows.check(experiment, wishes)
    check_test(wishes.test, wishes.alpha)
    summary(wishes.cells)
    if name:
        targets(Path(named(name, experiment.name)))


def make(
    workspace: Workspace, selection: Selection, wishes: TableWishes, terminal: Terminal
) -> "Table":
    """Reduce the records of the selected settings to a table."""
    from export.layout import build
    from export.pivot import pivot
    from export.published_pivot import pivot_published

    columns = read_columns(workspace.experiment, wishes.columns)
    best = rows.chosen(workspace, selection, columns, wishes, terminal)
    results = rows.in_order(best.results, wishes)
    results = replace(results, metrics=columns.shown(results))
    published = rows.published(workspace.experiment) if wishes.published else []
    if columns.over:
        results = pivot(results, columns.over)
        published = pivot_published(published, results)
    table = build(
        results,
        order=[*dict.fromkeys([*wishes.order, *best.per])],
        published=published,
        cells=wishes.cells,
        test=wishes.test,
        alpha=wishes.alpha,
        arrangement=_arrangement(wishes),
        chosen=best.chosen,
        remarks=[best.note] if best.note else [],
    )
    if wishes.published and not any(line.published for line in table.lines):
        terminal.note("no published row is about settings like these")
    return table


def show(drawn: Drawn, terminal: Terminal) -> None:
    """Draw tables in the terminal."""
    from export.terminal import draw

    for place, table in enumerate(drawn.tables.values()):
        if place:
            terminal.line("")
        terminal.show(draw(table))


def document(drawn: Drawn) -> dict[str, object]:
    """Describe tables for scripts."""
    from export.data import as_json

    return {name or "table": as_json(table) for name, table in drawn.tables.items()}


def export(
    drawn: Drawn, workspace: Workspace, selection: Selection, name: str, dpi: int
) -> list[Path]:
    """Write tables to the file that a name means, without a suffix to one in every format.

    Figures go beside them: in the same format where it is one of figures, else as PDF. Gives the
    files.
    """
    from export import export as write
    from export import targets

    path = target(workspace, named(name, workspace.experiment.name))
    traces = any(file.suffix.lower() in TRACED for file in targets(path))
    files = []
    for added, table in drawn.tables.items():
        told = traced(table, workspace, selection) if traces else table
        files += write(told, _with_name(path, added), dpi)
    for added, draw in drawn.figures.items():
        for file in _figure_files(_with_name(path, added)):
            draw(file, dpi)
            files.append(file)
    return [file.resolve() for file in files]


def _with_name(path: Path, added: str) -> Path:
    """Add to a file's name; what a format is recognised by stays at its end."""
    return path.with_name(f"{path.stem}-{added}{path.suffix}") if added else path


def _figure_files(path: Path) -> list[Path]:
    from export.figures.style import FORMATS

    if not path.suffix:
        return [path.with_name(path.name + suffix) for suffix in FORMATS]
    return [path if path.suffix.lower() in FORMATS else path.with_suffix(".pdf")]


def _arrangement(wishes: TableWishes) -> "Arrangement":
    """Keep the order asked for: groups only where it is that of a paper, or of some factors."""
    if wishes.sort is None:
        return "factors"
    return "groups" if wishes.order or wishes.sort == PUBLISHED else "list"
