"""The tasks that run now: where, how far they are, and how long they may still take."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from core.claim import current_claim
from core.status import Status
from core.store import Store
from core.task import Task, Tasks
from core.values import is_number
from launch.workspace import Workspace

_TOLD = {"done", "total", "first", "began", "time"}


@dataclass(frozen=True)
class Running:
    """A task that runs; what it has not told is None. `remaining` is in seconds."""

    task: Task
    where: str
    done: float | None = None
    total: float | None = None
    shown: Mapping[str, float] = field(default_factory=dict)
    remaining: float | None = None

    @property
    def progress(self) -> str:
        """How far it is, as `3/8`."""
        return "" if self.total is None else f"{self.done:g}/{self.total:g}"

    @property
    def figures(self) -> str:
        """What it shows, as `loss 0.31`."""
        return figures(self.shown)

    @property
    def time_left(self) -> str:
        """How long it may still take, as `0:12:30 left`."""
        return "" if self.remaining is None else f"{duration(self.remaining)} left"

    def document(self) -> dict[str, object]:
        """Describe it for scripts."""
        return {
            "id": self.task.id,
            "stage": self.task.stage.name,
            "where": self.where,
            "done": self.done,
            "total": self.total,
            "shown": dict(self.shown),
            "remaining_seconds": self.remaining,
        }


def running(workspace: Workspace, tasks: Tasks, status: Status) -> list[Running]:
    """Look at each task that runs."""
    return [_look(workspace, task, status) for task in tasks if status.of(task) == "running"]


def how_far(store: Store, task: Task) -> Mapping[str, Any] | None:
    """Read what a task has told of its progress; None where it has told nothing that can be read.

    It has `done`, `total`, what is `shown`, and when what of it was told.
    """
    told = store.unfinished(task).progress()
    return told if told is not None and _says_how_far(told) else None


def figures(shown: Mapping[str, float]) -> str:
    """Write what a task shows, as `loss 0.31`."""
    return " ".join(f"{name} {value:.4g}" for name, value in shown.items())


def duration(seconds: float) -> str:
    """Write a duration, as `1:02:03`."""
    return str(timedelta(seconds=round(seconds)))


def _look(workspace: Workspace, task: Task, status: Status) -> Running:
    where = _where(workspace, task, status)
    told = how_far(workspace.store, task)
    if told is None:
        return Running(task, where)
    mean = status.indexes[task.stage.name].mean_seconds
    remaining = _remaining(told, mean, time.time())
    return Running(task, where, told["done"], told["total"], told["shown"], remaining)


def _says_how_far(told: Mapping[str, Any]) -> bool:
    """Tell whether progress that was read from a disk is all numbers."""
    shown, rest = told.get("shown"), {name: told[name] for name in told if name != "shown"}
    if not isinstance(shown, dict) or not rest.keys() >= _TOLD:
        return False
    return all(is_number(n) and math.isfinite(n) for n in (*rest.values(), *shown.values()))


def _where(workspace: Workspace, task: Task, status: Status) -> str:
    claim = current_claim(workspace.store.work(task))
    owner = claim.owner() if claim else None
    if owner is None:
        return ""
    job = workspace.look.places[task.id].element if status.elsewhere(task) else owner.job
    return f"{owner.host}, job {job}" if owner.job else owner.host


def _remaining(told: Mapping[str, float], mean: float | None, now: float) -> float | None:
    """Estimate from the pace of this attempt, else from how long such tasks have taken."""
    ahead = told["total"] - told["done"]
    steps = told["done"] - told["first"]
    if steps > 0:
        pace = (told["time"] - told["began"]) / steps
        return max(0.0, ahead * pace - (now - told["time"]))
    return mean * ahead / told["total"] if mean is not None and told["total"] else None
