"""Where each task stands, from the records first, then the queue; one look at each folder."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from core.index import Entry, Index
from core.task import Task

State: TypeAlias = Literal[
    "done", "failed", "running", "stale", "queued", "unknown", "waiting", "to do", "damaged"
]
STATES: tuple[str, ...] = get_args(State)
# What nobody has to start: it is done, or its turn comes by itself.
UNDER_WAY: tuple[State, ...] = ("running", "queued", "unknown")


@dataclass(frozen=True)
class InQueue:
    """What a queue says of a task that was put into it `since` (seconds since 1970).

    It waits or runs there ("queued"), or may do so ("unknown"), or has left it ("gone").
    """

    state: Literal["queued", "unknown", "gone"]
    reason: str = ""
    since: float = 0.0


@dataclass(frozen=True)
class Left:
    """The work that is left: `seconds` of one job, and what it costs on a cluster.

    A task that uses a GPU costs GPU-hours, another CPU-hours. Of the stages in `unknown` nothing
    has been measured yet; their tasks are in none of the figures.
    """

    seconds: float = 0.0
    gpu_hours: float = 0.0
    cpu_hours: float = 0.0
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Status:
    """State of every task asked about, by id."""

    states: Mapping[str, State]
    indexes: Mapping[str, Index]
    queue: Mapping[str, InQueue] = field(default_factory=dict)

    def of(self, task: Task) -> State:
        """State of one task."""
        return self.states[task.id]

    def elsewhere(self, task: Task) -> bool:
        """Tell whether a queue has the task, or may have it."""
        place = self.queue.get(task.id)
        return place is not None and place.state != "gone" and self.of(task) in UNDER_WAY

    def reason(self, task: Task) -> str:
        """Why a task has to be computed, or where it is; empty for one that is done."""
        state = self.of(task)
        place = self.queue.get(task.id)
        if state == "done":
            return ""
        if state == "failed":
            return "failed"
        if state == "damaged":
            return "record damaged"
        if place is not None and place.reason:
            return place.reason
        if state == "stale":
            return "its runner died"
        return self._reason_by_records(task)

    def _reason_by_records(self, task: Task) -> str:
        for entry in self._earlier(task):
            if entry.version != task.stage.version:
                return f"stage version changed ({entry.version} → {task.stage.version})"
            changed = [n for n, need in task.needs.items() if entry.needs.get(n) != need.id]
            if changed:
                return f"needed task changed ({', '.join(changed)})"
        return "missing"

    def _earlier(self, task: Task) -> list[Entry]:
        """Records that answer the same question, made by other versions of the code."""
        entries = self.indexes[task.stage.name].by_part.get(task.part, [])
        return sorted(entries, key=lambda entry: -entry.stamp)

    def counts(self, tasks: Iterable[Task]) -> dict[str, Counter[str]]:
        """Count states by stage."""
        found: dict[str, Counter[str]] = {}
        for task in tasks:
            found.setdefault(task.stage.name, Counter())[self.of(task)] += 1
        return found

    def left(self, tasks: Iterable[Task]) -> Left:
        """Estimate the work left from the mean duration of each stage's finished tasks."""
        seconds = gpu_hours = cpu_hours = 0.0
        unknown = set()
        for task in tasks:
            if self.of(task) == "done":
                continue
            known = self.indexes[task.stage.name].mean_seconds
            if known is None:
                unknown.add(task.stage.name)
                continue
            seconds += known
            resources = task.stage.resources
            if resources.gpus:
                gpu_hours += resources.gpus * known / 3600
            else:
                cpu_hours += resources.cpus * known / 3600
        return Left(seconds, gpu_hours, cpu_hours, tuple(sorted(unknown)))


def status(
    tasks: Iterable[Task], indexes: Mapping[str, Index], queue: Mapping[str, InQueue] | None = None
) -> Status:
    """Find the state of tasks, given needed-first, from records, then from what a queue says."""
    states: dict[str, State] = {}
    queue = queue or {}
    for task in tasks:
        if task.id not in states:
            states[task.id] = _state(task, indexes[task.stage.name], states, queue)
    return Status(states, indexes, queue)


def _state(
    task: Task, index: Index, states: Mapping[str, State], queue: Mapping[str, InQueue]
) -> State:
    entry = index.entries.get(task.id)
    if entry is not None:
        return "damaged" if entry.damaged else "done"
    work = index.scan.work.get(task.id)
    if work is not None and work.running():
        return "running"
    failure = work.failure() if work is not None else None
    place = queue.get(task.id)
    if place is not None and place.state != "gone":
        # A failure from before the task was queued is being retried; a later one is news.
        news = failure is not None and failure.get("time", 0.0) >= place.since
        return "failed" if news else place.state
    if failure is not None:
        return "failed"
    if work is not None and work.stale():
        return "stale"
    if any(states.get(need.id) not in ("done", None) for need in task.needs.values()):
        return "waiting"
    return "to do"
