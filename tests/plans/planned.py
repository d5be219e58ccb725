"""What the plans of an experiment come to."""

from collections.abc import Mapping

from core import Experiment
from core.task import Task


def tasks_of(experiment: Experiment, asked: str) -> Mapping[str, Task]:
    """Give the tasks, by stage, of the one setting that is asked for."""
    (setting,) = experiment.select(asked)
    return experiment.task_maker().tasks(setting)
