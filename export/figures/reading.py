"""From records to what figures are drawn of: values of each row of the table, run by run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from core.contrast import varying
from core.errors import ConfigError, RecordError, SonoplanError
from core.experiment import Experiment
from core.metric import Metric
from core.record import Record
from core.setting import Setting
from core.status import Status
from core.store import Store
from core.task import Task, Tasks
from export.figures.sweep import Run, Sweep
from export.table import shown

T = TypeVar("T")
Stages: TypeAlias = Sequence[str]


@dataclass(frozen=True)
class Series(Generic[T]):
    """One row of the table: what tells it from the others, and a value for each run."""

    label: str
    runs: tuple[T, ...]


@dataclass(frozen=True)
class Rows(Generic[T]):
    """Rows in the order of the plans, and the factors that their labels name."""

    factors: tuple[str, ...]
    series: tuple[Series[T], ...]

    @property
    def labels(self) -> list[str]:
        """The labels of all rows."""
        return [series.label for series in self.series]

    @property
    def title(self) -> str:
        """What the labels name, and how many runs there are: `method, label (n = 3)`."""
        counts = {len(series.runs) for series in self.series}
        few, many = min(counts), max(counts)
        runs = f"n = {few}" if few == many else f"n = {few}–{many}"
        return f"{', '.join(self.factors)} ({runs})" if self.factors else runs

    def titled(self, spread: str) -> str:
        """The title, and what is drawn of the runs where some row has several."""
        several = any(len(series.runs) > 1 for series in self.series)
        return f"{self.title}; {spread}" if several else self.title


@dataclass(frozen=True)
class Source:
    """The selected settings of an experiment and where their records are.

    What cannot be read is told through `warn`; nothing else is lost by it.
    """

    experiment: Experiment
    tasks: Tasks
    status: Status
    store: Store
    warn: Callable[[str], object]

    def rows(self, what: str, stages: Stages, read: Callable[[Record], T]) -> Rows[T]:
        """Read something from the first of `stages` that each setting has.

        Rows that are made of the same tasks are one. Raises ConfigError where no selected
        setting has it.
        """
        return self.rows_of_tasks(what, stages, lambda task, _: read(self.store.record(task)))

    def rows_of_tasks(
        self, what: str, stages: Stages, read: Callable[[Task, Mapping[str, Task]], T]
    ) -> Rows[T]:
        """Read something of a task, given all tasks of its setting."""
        found: dict[tuple[str, ...], tuple[Setting, tuple[T, ...]]] = {}
        failures: list[str] = []
        looked_at = set()
        left_out = 0
        for setting, runs in self._by_row().items():
            chosen = [(task, by) for by in runs if (task := _first(by, stages)) is not None]
            key = tuple(task.id for task, _ in chosen)
            if key in looked_at:
                continue
            looked_at.add(key)
            done = [(task, by) for task, by in chosen if self.status.of(task) == "done"]
            values = tuple(v for pair in done for v in _tried(what, read, *pair, failures))
            left_out += bool(chosen and not values)
            if values:
                found[key] = (setting, values)
        self._tell(what, failures, left_out, bool(found))
        return _labelled(list(found.values()))

    def sweep(self, metric: Metric) -> Sweep:
        """Gather a metric's value of every run, and when the run ended."""
        runs = []
        index = self.status.indexes[metric.stage]
        for setting, by_stage in self.tasks.by_setting:
            task = by_stage.get(metric.stage)
            if task is None or self.status.of(task) != "done":
                continue
            try:
                value = index.value(task.id, metric)
            except RecordError as error:
                self.warn(str(error))
                continue
            runs.append(Run(setting, value * metric.scale, index.entries[task.id].stamp))
        self._tell(metric.name, [], 0, bool(runs))
        return Sweep(
            metric.name,
            metric.title,
            metric.precision,
            metric.higher_is_better,
            tuple(runs),
            frozenset(self.experiment.replicates),
            self.warn,
        )

    def _by_row(self) -> dict[Setting, list[Mapping[str, Task]]]:
        rows: dict[Setting, list[Mapping[str, Task]]] = {}
        for setting, by_stage in self.tasks.by_setting:
            rows.setdefault(setting.without(self.experiment.replicates), []).append(by_stage)
        return rows

    def _tell(self, what: str, failures: Sequence[str], left_out: int, some: bool) -> None:
        for failure in failures[:1]:
            others = f" ({len(failures) - 1} more records alike)" if failures[1:] else ""
            self.warn(failure + others)
        if not some:
            raise ConfigError(
                f"there is no figure of {what}: none of the {len(self.tasks.by_setting)} selected "
                "settings has a record that it can be read from; compute them with -c, or select "
                "others with -s"
            )
        if left_out:
            self.warn(f"{left_out} rows are left out of the figure: no run has {what}")


def _first(by_stage: Mapping[str, Task], stages: Stages) -> Task | None:
    return next((by_stage[name] for name in stages if name in by_stage), None)


def _tried(
    what: str,
    read: Callable[[Task, Mapping[str, Task]], T],
    task: Task,
    by_stage: Mapping[str, Task],
    failures: list[str],
) -> list[T]:
    """Read one run; what fails is noted and costs this run only."""
    try:
        return [read(task, by_stage)]
    except RecordError as error:
        failures.append(str(error))
    except SonoplanError as error:
        failures.append(f"{what} cannot be read from {task.name} {task.id} ({error})")
    except Exception as error:  # what reads a record is anybody's code
        told = f"{type(error).__name__}: {error}"
        failures.append(f"{what} cannot be read from {task.name} {task.id} ({told})")
    return []


def _labelled(found: Sequence[tuple[Setting, tuple[T, ...]]]) -> Rows[T]:
    names = varying([setting for setting, _ in found])
    labels = [
        ", ".join(shown(setting[name]) for name in names if name in setting) for setting, _ in found
    ]
    series = [Series(label, runs) for label, (_, runs) in zip(labels, found, strict=True)]
    return Rows(tuple(names), tuple(series))
