"""The order of work: of what is ready later stages go first, and no stage waits for long."""

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from core.task import Task

# The part of the workers' time that a stage may claim, and how much of it is worth a turn.
SHARE = 0.1
PATIENCE_SECONDS = 60.0


@dataclass
class _Line:
    """The ready tasks of one stage, and what the stage has had of the workers.

    `depth` is the number of stages from the first to this one; `ready` is a heap of
    (minus the number of tasks that need it, place, task id); `seconds` is what its tasks took.
    """

    depth: int = 0
    ready: list[tuple[int, int, str]] = field(default_factory=list)
    running: int = 0
    seconds: float = 0.0

    def order(self) -> tuple[int, int, int]:
        """Later stages first, among equals the one whose next task is needed most."""
        return (-self.depth, *self.ready[0][:2])


class Queue:
    """Tasks to do, each handed out when what it needs is done.

    Later stages go first, for they finish settings, and in a stage the most needed task. But a
    stage that has no worker and has had too little of their time goes before them: its short
    tasks do not wait until all long ones have ended.
    """

    def __init__(self, tasks: Iterable[Task], done: Callable[[Task], bool]) -> None:
        self._tasks = {task.id: task for task in tasks}
        self._place = {task_id: place for place, task_id in enumerate(self._tasks)}
        self._waits: dict[str, set[str]] = {}
        self._dependents: dict[str, list[str]] = {}
        self._lines: dict[str, _Line] = {}
        depths: dict[str, int] = {}
        for task in self._tasks.values():
            line = self._lines.setdefault(task.stage.name, _Line())
            line.depth = max(line.depth, _depth(task, depths))
            open_needs = {n.id for n in task.needs.values() if n.id in self._tasks or not done(n)}
            self._waits[task.id] = open_needs
            for need in open_needs:
                self._dependents.setdefault(need, []).append(task.id)
        for task_id, needs in self._waits.items():
            if not needs:
                self._push(task_id)

    def take(self) -> Task | None:
        """Hand out the ready task whose turn it is."""
        lines = [line for line in self._lines.values() if line.ready]
        if not lines:
            return None
        enough = SHARE * sum(line.seconds for line in self._lines.values()) - PATIENCE_SECONDS
        due = [line for line in lines if not line.running and line.seconds < enough]
        line = min(due or lines, key=_Line.order)
        task = self._tasks[heapq.heappop(line.ready)[2]]
        del self._waits[task.id]
        return task

    def ready(self) -> int:
        """Count the tasks that could start now."""
        return sum(len(line.ready) for line in self._lines.values())

    def began(self, task: Task) -> None:
        """Note that a worker is at a task."""
        self._lines[task.stage.name].running += 1

    def ended(self, task: Task, seconds: float) -> None:
        """Note that a worker is no longer at a task, and was for so long."""
        line = self._lines[task.stage.name]
        line.running -= 1
        line.seconds += seconds

    def finished(self, task: Task) -> None:
        """Set free what waited for a task."""
        for dependent in self._dependents.get(task.id, ()):
            needs = self._waits[dependent]
            needs.discard(task.id)
            if not needs:
                self._push(dependent)

    def _push(self, task_id: str) -> None:
        shared = len(self._dependents.get(task_id, ()))
        line = self._lines[self._tasks[task_id].stage.name]
        heapq.heappush(line.ready, (-shared, self._place[task_id], task_id))


def _depth(task: Task, known: dict[str, int]) -> int:
    """Count the stages on the longest way to a task, itself included."""
    if task.id not in known:
        known[task.id] = 1 + max((_depth(n, known) for n in task.needs.values()), default=0)
    return known[task.id]
