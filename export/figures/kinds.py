"""How each figure of an experiment is made: what it reads, and who draws it."""

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias, TypeVar

import numpy as np
from matplotlib.figure import Figure

from core.errors import ConfigError, RecordError, UnknownName
from core.experiment import Experiment
from core.figure import Confusion, Curve, Drawable, Scores
from core.record import Record
from export.figures import averages, classes, confusion, cost, curves, detection, spread
from export.figures.costs import cost_reader
from export.figures.reading import Source

D = TypeVar("D", bound=Drawable)
Drawer: TypeAlias = Callable[..., Figure]


def declared(experiment: Experiment, kind: type[D]) -> D:
    """Find what an experiment declares of a kind; raises ConfigError where it declares none."""
    for figure in experiment.figures:
        if isinstance(figure, kind):
            return figure
    raise ConfigError(
        f"experiment {experiment.name!r} does not say where it can be read: give it a "
        f"{kind.__name__}(…) among its `figures`"
    )


def draw_curve(source: Source, name: str, shown: str = "std") -> Figure:
    """Draw a declared curve, or an array (epochs,) of the records."""
    curve = _find_curve(source, name)
    rows = source.rows(f"curve {name}", curve.stages, lambda record: _epochs(record, curve))
    return curves.figure(rows, curve.description or curve.name, averages.check_spread(shown))


def draw_confusion(source: Source) -> Figure:
    """Draw confusion matrices."""
    found = declared(source.experiment, Confusion)
    rows = source.rows("confusion matrices", found.stages, found.read)
    return confusion.figure(rows, found.classes)


def draw_classes(source: Source) -> Figure:
    """Draw the recall of each class."""
    found = declared(source.experiment, Confusion)
    return classes.figure(source.rows("recall", found.stages, found.read), found.classes)


def draw_roc(source: Source) -> Figure:
    """Draw ROC curves."""
    return _draw_scores(source, detection.ROC)


def draw_pr(source: Source) -> Figure:
    """Draw precision against recall."""
    return _draw_scores(source, detection.PRECISION_RECALL)


def draw_box(source: Source, name: str) -> Figure:
    """Draw the runs of each row."""
    metric = source.experiment.metric(name)
    index = source.status.indexes[metric.stage]
    rows = source.rows_of_tasks(
        metric.name, (metric.stage,), lambda task, _: _finite(index.value(task.id, metric))
    )
    return spread.figure(rows, metric)


def draw_cost(source: Source, name: str, by: str = "") -> Figure:
    """Draw a metric against a cost."""
    metric = source.experiment.metric(name)
    index = source.status.indexes[metric.stage]
    read, label = cost_reader(source, by)
    rows = source.rows_of_tasks(
        f"the cost of {metric.name}",
        (metric.stage,),
        lambda task, by_stage: cost.Point(
            _finite(read(by_stage)), _finite(index.value(task.id, metric))
        ),
    )
    return cost.figure(rows, metric, label)


def _find_curve(source: Source, name: str) -> Curve:
    """Find a declared curve, or make one of an array by its name: `lr`, or `probe.lr`."""
    known = {f.name: f for f in source.experiment.figures if isinstance(f, Curve)}
    if name in known:
        return known[name]
    stage, _, array = name.rpartition(".")
    stages: dict[str, str] = {}
    for task in source.tasks:
        if stage in ("", task.stage.name) and source.status.of(task) == "done":
            for found in _arrays(source.store.record(task)):
                stages.setdefault(found, task.stage.name)
    if array not in stages:
        raise UnknownName("curve", name, [*known, *stages])
    return Curve(name, (stages[array],), lambda record: record[array], description=array)


def _arrays(record: Record) -> Sequence[str]:
    try:
        return record.arrays
    except RecordError:
        return []  # told when it is to be read


def _epochs(record: Record, curve: Curve) -> averages.Array:
    values = curve.read(record) * (100.0 if curve.percent else 1.0)
    if values.ndim != 1 or not values.size:
        raise ConfigError(f"its shape is {values.shape}: not one number an epoch")
    if not np.isfinite(values).any():
        raise ConfigError("none of its numbers is finite")
    return values


def _draw_scores(source: Source, kind: detection.Kind) -> Figure:
    found = declared(source.experiment, Scores)

    def read(record: Record) -> detection.Answers:
        truth, scores = found.read(record)
        if not np.isfinite(scores).all():
            raise ConfigError("not all of them are finite")
        return truth, scores

    return detection.figure(source.rows("scores", found.stages, read), found.classes, kind)


def _finite(value: float) -> float:
    """Refuse a value that has no place on an axis."""
    if not math.isfinite(value):
        raise ConfigError(f"it is {value}")
    return value
