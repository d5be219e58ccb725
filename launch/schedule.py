"""The order of work: a task is ready when what it needs is done; the most needed go first."""

import heapq
from collections.abc import Callable, Iterable

from core.task import Task


class Queue:
    """Tasks to do, each handed out when what it needs is done."""

    def __init__(self, tasks: Iterable[Task], done: Callable[[Task], bool]) -> None:
        self._tasks = {task.id: task for task in tasks}
        self._place = {task_id: place for place, task_id in enumerate(self._tasks)}
        self._waits: dict[str, set[str]] = {}
        self._dependents: dict[str, list[str]] = {}
        self._ready: list[tuple[int, int, str]] = []
        for task in self._tasks.values():
            open_needs = {n.id for n in task.needs.values() if n.id in self._tasks or not done(n)}
            self._waits[task.id] = open_needs
            for need in open_needs:
                self._dependents.setdefault(need, []).append(task.id)
        for task_id, needs in self._waits.items():
            if not needs:
                self._push(task_id)

    def take(self) -> Task | None:
        """Hand out the ready task that most others need."""
        if not self._ready:
            return None
        task = self._tasks[heapq.heappop(self._ready)[2]]
        del self._waits[task.id]
        return task

    def ready(self) -> int:
        """Count the tasks that could start now."""
        return len(self._ready)

    def finished(self, task: Task) -> None:
        """Set free what waited for a task."""
        for dependent in self._dependents.get(task.id, ()):
            needs = self._waits[dependent]
            needs.discard(task.id)
            if not needs:
                self._push(dependent)

    def _push(self, task_id: str) -> None:
        shared = len(self._dependents.get(task_id, ()))
        heapq.heappush(self._ready, (-shared, self._place[task_id], task_id))
