"""Figures by name: `curve:loss`, `confusion`, `heat:Sc:lr:batch_size`."""

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.figure import Figure

from core.errors import ConfigError, UnknownName
from core.experiment import Experiment
from core.figure import Confusion, Scores
from export.figures import effects, heat, importance, parallel, progress
from export.figures.averages import check_spread
from export.figures.costs import check_cost
from export.figures.kinds import (
    Drawer,
    declared,
    draw_box,
    draw_classes,
    draw_confusion,
    draw_cost,
    draw_curve,
    draw_pr,
    draw_roc,
)
from export.figures.reading import Source
from export.figures.sweep import Sweep


@dataclass(frozen=True)
class Kind:
    """A kind of figure: the arguments it takes, what it shows in one line, and who draws it.

    Arguments in brackets can be left out. `draw` is called with a source, or for what compares
    hyperparameters with a sweep, and the arguments; `reads` is what the experiment must declare.
    """

    takes: tuple[str, ...]
    about: str
    draw: Drawer
    reads: type[Confusion] | type[Scores] | None = None


OF_RECORDS = {
    "curve": Kind(("CURVE", "[SPREAD]"), "a curve over epochs, with a band over runs", draw_curve),
    "confusion": Kind((), "confusion matrices", draw_confusion, Confusion),
    "classes": Kind((), "recall of each class", draw_classes, Confusion),
    "roc": Kind((), "ROC, each class against the others", draw_roc, Scores),
    "pr": Kind((), "precision and recall, each class against the others", draw_pr, Scores),
    "box": Kind(("METRIC",), "all runs of each row", draw_box),
    "cost": Kind(("METRIC", "[COST]"), "a metric against time, parameters or a metric", draw_cost),
}
OF_RUNS = {
    "effects": Kind((), "main effect of each factor", effects.figure),
    "heat": Kind(("FACTOR", "FACTOR"), "two factors together", heat.figure),
    "importance": Kind((), "how much each factor matters", importance.figure),
    "parallel": Kind((), "a line through each setting's factors", parallel.figure),
    "best": Kind((), "the best setting so far", progress.figure),
}
"""Figures of one metric of many runs."""


def _of_metric(kind: Kind) -> Kind:
    """Let a figure of runs read them from an experiment: its first argument names the metric."""

    def drawn(source: Source, name: str, *arguments: str) -> Figure:
        return kind.draw(source.sweep(source.experiment.metric(name)), *arguments)

    return Kind(("METRIC", *kind.takes), kind.about, drawn)


FIGURES = {**OF_RECORDS, **{name: _of_metric(kind) for name, kind in OF_RUNS.items()}}
"""Figures of an experiment."""


def check(experiment: Experiment, written: str) -> None:
    """Refuse, before anything is read, a figure that cannot be.

    Raises UnknownName for an unknown figure, metric, factor, stage or spread, ConfigError for too
    few or too many arguments, or where the experiment does not declare what is to be drawn.
    """
    kind, arguments = find(FIGURES, written)
    if kind.reads is not None:
        declared(experiment, kind.reads)
    for takes, argument in zip(kind.takes, arguments, strict=False):
        _CHECKS[takes](experiment, argument)


def draw(written: str, source: Source) -> Figure:
    """Draw a figure of an experiment, given as its name and arguments with colons between.

    Raises what `check` does, UnknownName for an unknown curve, and ConfigError where there is
    nothing to draw or more than a figure can hold.
    """
    check(source.experiment, written)
    kind, arguments = find(FIGURES, written)
    return kind.draw(source, *arguments)


def draw_runs(written: str, sweep: Sweep) -> Figure:
    """Draw a figure of runs, without the metric, which the sweep has: `heat:lr:batch_size`."""
    kind, arguments = find(OF_RUNS, written)
    return kind.draw(sweep, *arguments)


def find(kinds: dict[str, Kind], written: str) -> tuple[Kind, list[str]]:
    """Find a kind of figure and the arguments that it is given."""
    name, *arguments = written.split(":")
    if name not in kinds:
        raise UnknownName("figure", name, kinds)
    takes = kinds[name].takes
    needed = sum(not take.startswith("[") for take in takes)
    if not needed <= len(arguments) <= len(takes) or not all(arguments):
        raise ConfigError(f"figure {written!r}: write {form(name, kinds[name])}")
    return kinds[name], arguments


def form(name: str, kind: Kind) -> str:
    """Write how a figure is asked for: `curve:CURVE[:SPREAD]`."""
    return ":".join((name, *kind.takes)).replace(":[", "[:")


def _check_factor(experiment: Experiment, name: str) -> None:
    if name not in experiment.factors:
        raise UnknownName("factor", name, experiment.factors)


def _check_curve(experiment: Experiment, name: str) -> None:
    """Refuse an unknown stage; which arrays there are is known when the records are read."""
    stage, dot, _ = name.rpartition(".")
    if dot:
        experiment.stage(stage)


_CHECKS: dict[str, Callable[[Experiment, str], object]] = {
    "METRIC": Experiment.metric,
    "FACTOR": _check_factor,
    "CURVE": _check_curve,
    "[SPREAD]": lambda _, name: check_spread(name),
    "[COST]": check_cost,
}

__all__ = ["FIGURES", "OF_RUNS", "Kind", "check", "draw", "draw_runs", "find", "form"]
