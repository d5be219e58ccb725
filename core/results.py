"""Results: settings × metrics, gathered over replicates, with what is missing kept in sight."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from core.errors import RecordError
from core.experiment import Experiment
from core.metric import Metric
from core.setting import Setting
from core.status import State, Status
from core.task import Tasks

# Values of one metric by replicate ("run=3"), unscaled.
Values = Mapping[str, float]


@dataclass(frozen=True)
class Cell:
    """One metric of one row: a value for each finished replicate, and what became of the rest.

    `applicable` is False where the row's settings do not have the metric's stage.
    """

    values: Values = field(default_factory=dict)
    planned: int = 0
    missing: Mapping[str, State] = field(default_factory=dict)
    applicable: bool = True

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
        return math.sqrt(sum((v - mean) ** 2 for v in self.numbers) / (self.n - 1))


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

    values: dict[str, dict[str, float]] = field(default_factory=dict)
    missing: dict[str, dict[str, State]] = field(default_factory=dict)
    planned: dict[str, int] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)

    def cell(self, metric: str) -> Cell:
        planned = self.planned.get(metric, 0)
        return Cell(self.values.get(metric, {}), planned, self.missing.get(metric, {}), planned > 0)


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
    replicates = set(experiment.replicates)
    rows: dict[Setting, _Gathered] = {}
    for setting, by_stage in tasks.by_setting:
        found = rows.setdefault(setting.without(replicates), _Gathered())
        name = str(Setting({n: setting[n] for n in setting if n in replicates}))
        for metric in metrics:
            task = by_stage.get(metric.stage)
            if task is None:
                continue
            found.planned[metric.name] = found.planned.get(metric.name, 0) + 1
            found.ids.append(task.id)
            state = status.of(task)
            if state == "done":
                try:
                    value = status.indexes[metric.stage].value(task.id, metric)
                    found.values.setdefault(metric.name, {})[name] = value
                    continue
                except RecordError as error:
                    warn(str(error))
                    state = "damaged"
            elif state == "damaged":
                warn(status.indexes[metric.stage].entries[task.id].damaged)
            found.missing.setdefault(metric.name, {})[name] = state
    return Results(experiment, metrics, _rows(rows, metrics))


def _rows(found: Mapping[Setting, _Gathered], metrics: Iterable[Metric]) -> list[Row]:
    names = [metric.name for metric in metrics]
    return [
        Row(setting, {name: row.cell(name) for name in names}, tuple(dict.fromkeys(row.ids)))
        for setting, row in found.items()
    ]
