"""What became of drawn settings, read from the records, whoever computed them."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.errors import RecordError
from core.metric import Metric
from core.setting import Setting
from core.space import Space
from core.status import UNDER_WAY, Status
from core.task import Task
from core.traces import Traces
from launch.workspace import Workspace


@dataclass(frozen=True)
class Tried:
    """A point all of whose runs are done or have failed.

    `value` is the mean over its runs, NaN where none has one; `ended` orders the points in time.
    """

    point: Setting
    value: float
    ended: float
    runs: int

    @property
    def failed(self) -> bool:
        """Tell whether no run has a value."""
        return math.isnan(self.value)


class History:
    """Reads again and again what has been tried of a space."""

    def __init__(self, workspace: Workspace, space: Space, metric: Metric) -> None:
        self._workspace = workspace
        self._space = space
        self._metric = metric
        self._traces = Traces(workspace.store.folder, workspace.maker, space)

    def tried(self) -> list[Tried]:
        """Find all points that were tried, in the order in which they ended."""
        found = self._traces.settings(self._workspace.indexes, [self._metric.stage])
        points = dict.fromkeys(setting.without(self._space.replicates) for setting in found)
        return self.of(points)

    def of(self, points: Iterable[Setting]) -> list[Tried]:
        """Judge the points among these that were tried, in the order in which they ended."""
        runs = {point: self._space.replicated(point) for point in points}
        tasks = self._workspace.maker.all(s for settings in runs.values() for s in settings)
        status = self._workspace.status(tasks)
        by_setting = dict(tasks.by_setting)
        judged = (
            self._judge(point, [by_setting[s] for s in settings], status)
            for point, settings in runs.items()
        )
        return sorted((one for one in judged if one is not None), key=lambda one: one.ended)

    def judges(self, point: Setting) -> bool:
        """Tell whether a point has the metric at all."""
        runs = self._space.replicated(point)
        return any(self._metric.stage in self._workspace.maker.tasks(run) for run in runs)

    def under_way(self, point: Setting) -> bool:
        """Tell whether something of a point is being computed, or waits in a queue."""
        tasks = self._workspace.maker.all(self._space.replicated(point))
        status = self._workspace.status(tasks)
        return any(status.of(task) in UNDER_WAY for task in tasks)

    def _judge(
        self, point: Setting, runs: Sequence[Mapping[str, Task]], status: Status
    ) -> Tried | None:
        """Sum up the runs of a point; None while one of them is not at its end."""
        values: list[float] = []
        ends: list[float] = []
        for by_stage in runs:
            task = by_stage.get(self._metric.stage)
            if task is None:
                continue
            ended = self._ended(task, status)
            if ended is None:
                return None
            ends.append(ended)
            values.append(self._value(task, status))
        finite = [value for value in values if math.isfinite(value)]
        mean = sum(finite) / len(finite) if finite else math.nan
        return Tried(point, mean, max(ends), len(finite)) if ends else None

    def _ended(self, task: Task, status: Status) -> float | None:
        """Tell when a task was done, or when it or what it needs failed."""
        if status.of(task) == "done":
            return status.indexes[task.stage.name].entries[task.id].stamp / 1e9
        failures = [
            self._workspace.store.unfinished(one).failure() or {}
            for one in _chain(task)
            if status.of(one) == "failed"
        ]
        return max((float(f.get("time", 0.0)) for f in failures), default=None)

    def _value(self, task: Task, status: Status) -> float:
        if status.of(task) != "done":
            return math.nan
        try:
            return status.indexes[task.stage.name].value(task.id, self._metric)
        except RecordError:
            return math.nan


def _chain(task: Task) -> Iterator[Task]:
    """Give a task and all that it needs."""
    yield task
    for need in task.needs.values():
        yield from _chain(need)
