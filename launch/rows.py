"""The rows of a table: gathered from the records, chosen among, and put in order."""

from pathlib import Path
from typing import TYPE_CHECKING

import plans
from core.errors import ConfigError
from core.experiment import Experiment
from core.results import Results, gather
from core.selection import Selection
from launch.columns import Columns
from launch.terminal import Terminal
from launch.wishes import PUBLISHED, TableWishes
from launch.workspace import Workspace

if TYPE_CHECKING:
    from export.best import Best
    from export.published import PublishedRow

TOLD = 3  # values that cannot be read; of more, how many there are


def check(experiment: Experiment, wishes: TableWishes) -> None:
    """Refuse what cannot be chosen or ordered by."""
    from export.best import check_direction

    if wishes.best_by is not None:
        check_direction(experiment.metric(wishes.best_by))
    elif wishes.per:
        raise ConfigError("--per FACTOR says for what --best-by METRIC looks for the best")
    if wishes.published or wishes.sort == PUBLISHED:
        published(experiment)
    if wishes.sort is not None and wishes.sort != PUBLISHED:
        experiment.metric(wishes.sort)


def chosen(
    workspace: Workspace,
    selection: Selection,
    columns: Columns,
    wishes: TableWishes,
    terminal: Terminal,
) -> "Best":
    """Gather all that is shown, chosen or ordered by; keep the best rows where that is asked."""
    from export.best import Best, best

    experiment = workspace.experiment
    also = [wishes.best_by, None if wishes.sort == PUBLISHED else wishes.sort]
    read = [*columns.metrics, *(experiment.metric(name) for name in also if name is not None)]
    metrics = list({metric.name: metric for metric in read}.values())
    tasks = workspace.tasks(selection)
    troubles: list[str] = []
    results = gather(experiment, tasks, workspace.status(tasks), metrics, troubles.append)
    for trouble in troubles[:TOLD]:
        terminal.warn(trouble)
    if troubles[TOLD:]:
        terminal.warn(f"{len(troubles) - TOLD} more values cannot be read")
    if wishes.best_by is None:
        return Best(results, (), (), "")
    return best(results, experiment.metric(wishes.best_by), wishes.per, columns.over)


def in_order(results: Results, wishes: TableWishes) -> Results:
    """Order rows by a metric, or as a paper has them, where that is asked."""
    from export.order import by_metric, by_published

    if wishes.sort is None:
        return results
    if wishes.sort == PUBLISHED:
        return by_published(results, published(results.experiment))
    return by_metric(results, results.experiment.metric(wishes.sort), wishes.order)


def published(experiment: Experiment) -> "list[PublishedRow]":
    """Read the published rows; ConfigError where an experiment has none."""
    from export.published import read_published

    if experiment.published is None:
        raise ConfigError(f"experiment {experiment.name!r} has no published rows")
    return read_published(Path(next(iter(plans.__path__))) / "published" / experiment.published)
