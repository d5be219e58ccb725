"""Results: settings × metrics, gathered over replicates, with what is missing kept in sight."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from operator import not_

from core.errors import RecordError
from core.experiment import Experiment
from core.metric import Metric
from core.setting import Setting, Shape
from core.status import State, Status
from core.task import Task, Tasks

# Values of one metric by replicate ("run=3"), unscaled.
Values = Mapping[str, float]


@dataclass(frozen=True)
class Cell:
    """One metric of one row: a value for each finished replicate, and what became of the rest.

    `applicable` is False where the row's settings do not have the metric's stage; `tasks` names
    by replicate the task whose record holds the value, or will.
    """

    values: Values = field(default_factory=dict)
    planned: int = 0
    missing: Mapping[str, State] = field(default_factory=dict)
    applicable: bool = True
    tasks: Mapping[str, str] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """Number of replicates with a value (NaN is none)."""
        return len(self.numbers)

    @property
    def numbers(self) -> tuple[float, ...]:
        """The values, NaN left out."""
        return tuple(v for v in self.values.values() if not math.isnan(v))

    @property
    def mean(self) -> float:
        """Mean over replicates; NaN where there is none."""
        return sum(self.numbers) / self.n if self.n else math.nan

    @property
    def std(self) -> float:
        """Sample standard deviation (n - 1) over replicates; NaN for fewer than two."""
        if self.n < 2:
            return math.nan
        mean = self.mean
        # Not `** 2`, which raises OverflowError where a product is infinite.
        squares = sum((v - mean) * (v - mean) for v in self.numbers)
        return math.sqrt(squares / (self.n - 1))


@dataclass(frozen=True)
class Row:
    """A setting without its replicate factors, its cells by metric, and the tasks behind them."""

    setting: Setting
    cells: Mapping[str, Cell]
    ids: Sequence[str] = ()


@dataclass(frozen=True)
class Results:
    """What any table is made of; rows are in the order of the plans."""

    experiment: Experiment
    metrics: Sequence[Metric]
    rows: Sequence[Row]


@dataclass
class _Gathered:
    """What is found of one row while its replicates are walked."""

    setting: Setting
    values: dict[str, dict[str, float]] = field(default_factory=dict)
    missing: dict[str, dict[str, State]] = field(default_factory=dict)
    tasks: dict[str, dict[str, str]] = field(default_factory=dict)
    ids: dict[str, None] = field(default_factory=dict)

    def take(
        self,
        metric: Metric,
        task: Task,
        replicate: str,
        status: Status,
        warn: Callable[[str], object],
    ) -> None:
        """Take one replicate's value of a metric, or note why there is none."""
        self.tasks.setdefault(metric.name, {})[replicate] = task.id
        self.ids[task.id] = None
        state = status.of(task)
        index = status.indexes[metric.stage]
        if state == "done":
            try:
                value = index.value(task.id, metric)
                self.values.setdefault(metric.name, {})[replicate] = value
                return
            except RecordError as error:
                warn(str(error))
                state = "damaged"
        elif state == "damaged":
            warn(index.entries[task.id].damaged)
        self.missing.setdefault(metric.name, {})[replicate] = state

    def row(self, metrics: Iterable[Metric]) -> Row:
        """Close the row."""
        cells = {
            m.name: Cell(
                values=self.values.get(m.name, {}),
                planned=len(self.tasks.get(m.name, ())),
                missing=self.missing.get(m.name, {}),
                applicable=m.name in self.tasks,
                tasks=self.tasks.get(m.name, {}),
            )
            for m in metrics
        }
        return Row(self.setting, cells, tuple(self.ids))


def gather(
    experiment: Experiment,
    tasks: Tasks,
    status: Status,
    metrics: Sequence[Metric],
    warn: Callable[[str], object],
) -> Results:
    """Reduce the records of settings to rows of metric values.

    A damaged record counts as missing and is told through `warn`; no other row is lost.
    """
    split = _Split(experiment.replicates)
    rows: dict[tuple[str, ...], _Gathered] = {}
    for setting, by_stage in tasks.by_setting:
        kept, replicate = split(setting)
        found = rows.get(kept)
        if found is None:
            found = rows[kept] = _Gathered(setting.without(experiment.replicates))
        for metric in metrics:
            if (task := by_stage.get(metric.stage)) is not None:
                found.take(metric, task, replicate, status, warn)
    return Results(experiment, metrics, [found.row(metrics) for found in rows.values()])


class _Split:
    """Tells a setting's row and its replicate apart, cheaply: there may be many settings."""

    def __init__(self, replicates: Iterable[str]) -> None:
        self._replicates = set(replicates)
        self._kept: dict[Shape, list[bool]] = {}
        self._labels: dict[tuple[str, ...], str] = {}

    def __call__(self, setting: Setting) -> tuple[tuple[str, ...], str]:
        kept = self._kept.get(setting.shape)
        if kept is None:
            kept = [name not in self._replicates for name in setting.shape.names]
            self._kept[setting.shape] = kept
        row = tuple(compress(setting.fragments, kept))
        other = tuple(compress(setting.fragments, map(not_, kept)))
        if other not in self._labels:
            own = {n: setting[n] for n in setting if n in self._replicates}
            self._labels[other] = str(Setting(own))
        return row, self._labels[other]
