"""Where each task stands, from the records first; one look at each stage's folder."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from core.index import Entry, Index
from core.task import Task

State: TypeAlias = Literal[
    "done", "failed", "running", "stale", "queued", "waiting", "to do", "damaged"
]
STATES: tuple[str, ...] = get_args(State)


@dataclass(frozen=True)
class Status:
    """State of every task asked about, by id."""

    states: Mapping[str, State]
    indexes: Mapping[str, Index]

    def of(self, task: Task) -> State:
        """State of one task."""
        return self.states[task.id]

    def reason(self, task: Task) -> str:
        """Why a task has to be computed; empty for one that is done."""
        state = self.of(task)
        if state == "done":
            return ""
        if state in ("failed", "stale", "damaged"):
            return {"failed": "failed", "stale": "its runner died"}.get(state, "record damaged")
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

    def remaining_seconds(self, tasks: Iterable[Task]) -> tuple[float, list[str]]:
        """Estimate the work left from the mean duration of each stage's finished tasks.

        Gives the seconds, and the stages of which nothing is known yet.
        """
        left, unknown = 0.0, set()
        for task in tasks:
            if self.of(task) == "done":
                continue
            known = self.indexes[task.stage.name].mean_seconds
            if known is None:
                unknown.add(task.stage.name)
            else:
                left += known
        return left, sorted(unknown)


def status(
    tasks: Iterable[Task], indexes: Mapping[str, Index], queued: Collection[str] = ()
) -> Status:
    """Find the state of tasks, given needed-first; `queued` are ids that wait in a queue."""
    states: dict[str, State] = {}
    for task in tasks:
        if task.id not in states:
            states[task.id] = _state(task, indexes[task.stage.name], states, queued)
    return Status(states, indexes)


def _state(task: Task, index: Index, states: Mapping[str, State], queued: Collection[str]) -> State:
    entry = index.entries.get(task.id)
    if entry is not None:
        return "damaged" if entry.damaged else "done"
    work = index.scan.work.get(task.id)
    if work is not None:
        if work.running():
            return "running"
        if work.failure() is not None:
            return "failed"
    if task.id in queued:
        return "queued"
    if work is not None and work.stale():
        return "stale"
    if any(states.get(need.id) not in ("done", None) for need in task.needs.values()):
        return "waiting"
    return "to do"
