"""The actions -d and -e: the table of the selected settings, shown and written."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import plans
from core.errors import ConfigError
from core.experiment import Experiment
from core.metric import Metric
from core.results import gather
from core.selection import Selection
from launch.target import target
from launch.terminal import Terminal
from launch.workspace import Workspace

if TYPE_CHECKING:
    from export.table import Table


def check(experiment: Experiment, metrics: str, name: str | None) -> None:
    """Refuse an unknown metric or format now, not after a night of computing."""
    from export import drawer

    _metrics(experiment, metrics)
    if name:
        drawer(Path(name))


def make(
    workspace: Workspace,
    selection: Selection,
    metrics: str,
    order: Sequence[str],
    published: bool,
    terminal: Terminal,
) -> "Table":
    """Reduce the records of the selected settings to a table."""
    from export.layout import build
    from export.published import read_published

    experiment = workspace.experiment
    tasks = workspace.tasks(selection)
    chosen = _metrics(experiment, metrics)
    results = gather(experiment, tasks, workspace.status(tasks), chosen, terminal.warn)
    rows = []
    if published:
        if experiment.published is None:
            raise ConfigError(f"experiment {experiment.name!r} has no published rows")
        rows = read_published(_published_folder() / experiment.published)
    table = build(results, order=order, published=rows)
    if published and not any(line.published for line in table.lines):
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


def export(table: "Table", workspace: Workspace, name: str) -> Path:
    """Write a table to the file that a name means; gives the file."""
    from export import export as write

    path = target(workspace, name or f"{workspace.experiment.name}.png")
    write(table, path)
    return path.resolve()


def _metrics(experiment: Experiment, asked: str) -> list[Metric]:
    """Find metrics by name or number: `Sc,Se`, `0,2` or doce's `[0,2]`."""
    words = [word.strip() for word in asked.strip("[]").split(",") if word.strip()]
    return [experiment.metric(word) for word in words] or list(experiment.metrics)


def _published_folder() -> Path:
    return Path(next(iter(plans.__path__))) / "published"
