"""What a report is of."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from core.experiment import Experiment
from core.selection import Selection
from core.status import Status
from core.task import Tasks
from launch.workspace import Workspace


@dataclass(frozen=True)
class Subject:
    """The selected settings and where they stand; `again` are the words that select them again."""

    workspace: Workspace
    selection: Selection
    again: Sequence[str]

    @property
    def experiment(self) -> Experiment:
        """The experiment."""
        return self.workspace.experiment

    @cached_property
    def tasks(self) -> Tasks:
        """The tasks of the settings."""
        return self.workspace.tasks(self.selection)

    @cached_property
    def status(self) -> Status:
        """One look at where they stand, for the whole report."""
        return self.workspace.status(self.tasks)

    def command(self, *words: str) -> str:
        """Write the command that does something else with the same settings."""
        return shlex.join(["sonoplan", *self.again, *words])
