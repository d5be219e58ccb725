"""Prepares a dataset: computes the stages that read its folder, for every setting that asks."""

from collections.abc import Iterable
from pathlib import Path

from core.errors import ConfigError
from core.execute import dataset_of
from core.experiment import Experiment
from core.task import Task, Tasks
from launch.compute import Wishes, compute
from launch.config import Config
from launch.datasets import Declared
from launch.terminal import Terminal
from launch.workspace import Workspace


def prepare(
    known: Declared, selector: str | None, config: Config, terminal: Terminal
) -> tuple[int, list[Path]]:
    """Compute what reads a dataset; gives the exit status and the folders of the records.

    Raises ConfigError where no selected setting reads the dataset.
    """
    bar = terminal.err.is_terminal
    statuses: list[int] = []
    folders: list[Path] = []
    for experiment in known.experiments:
        workspace = Workspace(experiment, config)
        tasks = _reading(workspace, known.name, selector)
        if not len(tasks):
            continue
        try:
            statuses.append(compute(workspace, tasks, Wishes(bar=bar, lines=not bar), terminal))
        finally:
            workspace.save()
        folders += [workspace.store.path(task) for task in tasks if workspace.store.has(task)]
    if not statuses:
        raise ConfigError(
            f"no setting{f' of {selector!r}' if selector else ''} reads dataset {known.name!r}; "
            f"see sonoplan {known.experiments[0].name} -p"
        )
    return max(statuses), folders


def _reading(workspace: Workspace, name: str, selector: str | None) -> Tasks:
    """Make the tasks that read a dataset, and those they need, without all that comes after."""
    asked = selector if selector is not None else _settings_with(workspace.experiment, name)
    tasks = workspace.tasks(workspace.select(asked))
    wanted = _with_needs(task for task in tasks if dataset_of(task) == name)
    return Tasks((), {task.id: task for task in tasks if task.id in wanted})


def _settings_with(experiment: Experiment, name: str) -> list[object]:
    """Select the settings in which a stage reads the dataset."""
    factors = {stage.data for stage in experiment.stages if stage.data is not None}
    return [{f: name} for f in sorted(factors) if name in experiment.factors[f]]


def _with_needs(tasks: Iterable[Task]) -> set[str]:
    found: set[str] = set()
    waiting = list(tasks)
    while waiting:
        task = waiting.pop()
        found.add(task.id)
        waiting += task.needs.values()
    return found
