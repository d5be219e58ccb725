"""Chooses what to submit: what is to do, in no queue, and needs only what is done or queued."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.status import UNDER_WAY, Status
from core.task import Task, Tasks
from launch.compute import Wishes, to_do
from launch.slurm.queue import Look


@dataclass(frozen=True)
class Choice:
    """The tasks to submit, needed ones first, and those that are left out.

    Attributes
    ----------
    jobs:
        Slurm's ids of jobs that wait or run, by the ids of their tasks.
    under_way:
        Left out, since they wait or run somewhere.
    waiting:
        Left out, since they need a task that runs outside of Slurm, or is not to be computed.
    """

    tasks: Sequence[Task]
    jobs: Mapping[str, str]
    under_way: Sequence[Task] = ()
    waiting: Sequence[Task] = ()

    def left_out(self) -> list[str]:
        """Say what is left out, a line for each reason."""
        told = []
        if self.under_way:
            told.append(f"{len(self.under_way)} tasks wait or run already; they are left out")
        if self.waiting:
            told.append(
                f"{len(self.waiting)} tasks need what runs elsewhere or is not computed, "
                f"as {self.waiting[0]}; submit them when that is done"
            )
        return told


def choose(tasks: Tasks, status: Status, look: Look, wishes: Wishes) -> Choice:
    """Choose among the tasks of the selected settings."""
    wanted = {task.id for task in to_do(tasks, status, wishes)}
    jobs = {i: p.job for i, p in look.places.items() if p.active and p.job is not None}
    going: dict[str, Task] = {}
    under_way: list[Task] = []
    waiting: list[Task] = []
    for task in tasks:  # needed ones first, stage by stage
        if status.of(task) in UNDER_WAY:
            under_way.append(task)
        elif task.id in wanted:
            missing = [need.id for need in task.needs.values() if status.of(need) != "done"]
            if all(need in going or need in jobs for need in missing):
                going[task.id] = task
            else:
                waiting.append(task)
    return Choice(list(going.values()), jobs, under_way, waiting)
