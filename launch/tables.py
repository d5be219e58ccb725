"""The actions -d and -e: the table of the selected settings, shown and written."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import plans
from core.errors import ConfigError, RecordError
from core.experiment import Experiment
from core.metric import Metric
from core.results import Row, gather
from core.selection import Selection
from launch.target import target
from launch.terminal import Terminal
from launch.workspace import Workspace

if TYPE_CHECKING:
    from export.table import Table

# Formats that show, by task, where a value came from.
TRACED = (".html", ".xlsx")


@dataclass(frozen=True)
class TableWishes:
    """What the command line says about a table; see launch.arguments for each."""

    metrics: str
    order: Sequence[str]
    published: bool
    cells: str
    test: str
    alpha: float
    dpi: int


def check(experiment: Experiment, wishes: TableWishes, name: str | None) -> None:
    """Refuse an unknown metric, test or format now, not after a night of computing."""
    from export import targets
    from export.significance import check_test
    from export.summary import summary

    _metrics(experiment, wishes.metrics)
    check_test(wishes.test, wishes.alpha)
    summary(wishes.cells)
    if name:
        targets(_named(experiment, name))


def make(
    workspace: Workspace,
    selection: Selection,
    wishes: TableWishes,
    terminal: Terminal,
) -> "Table":
    """Reduce the records of the selected settings to a table."""
    from export.layout import build
    from export.published import read_published

    experiment = workspace.experiment
    tasks = workspace.tasks(selection)
    chosen = _metrics(experiment, wishes.metrics)
    results = gather(experiment, tasks, workspace.status(tasks), chosen, terminal.warn)
    rows = []
    if wishes.published:
        if experiment.published is None:
            raise ConfigError(f"experiment {experiment.name!r} has no published rows")
        rows = read_published(_published_folder() / experiment.published)
    table = build(
        results,
        order=wishes.order,
        published=rows,
        cells=wishes.cells,
        test=wishes.test,
        alpha=wishes.alpha,
    )
    if wishes.published and not any(line.published for line in table.lines):
        terminal.note("no published row is about settings like these")
    return table


def show(table: "Table", terminal: Terminal) -> None:
    """Draw a table in the terminal."""
    from export.terminal import draw

    terminal.show(draw(table))


def document(table: "Table") -> dict[str, object]:
    """Describe a table for scripts."""
    from export.data import as_json

    return as_json(table)


def export(
    table: "Table", workspace: Workspace, selection: Selection, name: str, dpi: int
) -> list[Path]:
    """Write a table to the file that a name means, without a suffix to one in every format.

    Gives the files.
    """
    from export import export as write
    from export import targets

    path = target(workspace, str(_named(workspace.experiment, name)))
    if any(file.suffix.lower() in TRACED for file in targets(path)):
        table = replace(table, provenance=_provenance(table, workspace, selection))
    return [file.resolve() for file in write(table, path, dpi)]


def _named(experiment: Experiment, name: str) -> Path:
    """Complete a name: nothing, or a suffix alone, is a file called like the experiment."""
    only_suffix = name.startswith(".") and "/" not in name
    return Path(experiment.name + name if only_suffix else name or experiment.name)


def _provenance(
    table: "Table", workspace: Workspace, selection: Selection
) -> dict[str, dict[str, str]]:
    """Read where the values of a table came from: of each task its code, machine and date."""
    tasks = workspace.tasks(selection).by_id
    ids = {i: None for line in table.lines if isinstance(line.source, Row) for i in line.source.ids}
    found = {}
    for task_id in ids:
        try:
            found[task_id] = _origin(workspace.store.record(tasks[task_id]).meta)
        except RecordError:
            continue  # not computed yet, or damaged: the cell says so
    return found


def _origin(meta: Mapping[str, Any]) -> dict[str, str]:
    code = meta["code"]
    changed = " and changes" if code.get("dirty") else ""
    return {
        "stage": meta["stage"],
        "commit": f"{code['commit'][:12]}{changed}" if code else "",
        "host": meta["host"],
        "date": time.strftime("%Y-%m-%d %H:%M", time.localtime(meta["began"])),
    }


def _metrics(experiment: Experiment, asked: str) -> list[Metric]:
    """Find metrics by name or number: `Sc,Se`, `0,2` or doce's `[0,2]`."""
    words = [word.strip() for word in asked.strip("[]").split(",") if word.strip()]
    return [experiment.metric(word) for word in words] or list(experiment.metrics)


def _published_folder() -> Path:
    return Path(next(iter(plans.__path__))) / "published"
