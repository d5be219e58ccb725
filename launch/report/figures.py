"""The figures of a report: all that the experiment declares and the selection has."""

from collections.abc import Iterator, Sequence

from core.contrast import varying
from core.errors import ConfigError
from core.figure import Curve
from core.metric import Metric
from core.setting import Setting
from export.figures.drawing import FIGURES, OF_RECORDS, draw
from export.figures.importance import FEWEST
from export.figures.reading import Source
from export.figures.style import save
from export.report import Part, Section
from launch.columns import read_columns
from launch.report.images import picture
from launch.report.subject import Subject
from launch.wishes import TableWishes

# What a figure shows; of the others, what all of their kind do.
CAPTIONS = {
    "curve": "{}, epoch by epoch",
    "box": "{} of all runs",
    "cost": "{} against the time it took",
    "effects": "{}: main effect of each factor",
    "importance": "{}: how much each factor matters",
}


def figures(subject: Subject, wishes: TableWishes) -> Iterator[Section]:
    """Draw curves, answers, runs and the effects of hyperparameters, by the table's metrics."""
    columns = read_columns(subject.experiment, wishes.columns)
    judges = [m for m in columns.metrics if m.higher_is_better is not None]
    metrics = [m for m in judges if _done(subject, m.stage)]
    wanted = {
        "Training curves": _curves(subject),
        "Classification": _answers(subject),
        "Runs": [f"{kind}:{m.name}" for kind in ("box", "cost") for m in metrics],
        "Hyperparameters": [written for m in metrics for written in _effects(subject, m)],
    }
    for title, names in wanted.items():
        if names:
            parts = [_figure(subject, name) for name in names]
            # Why some are not there comes after those that are.
            yield Section(title, tuple(sorted(parts, key=lambda part: isinstance(part, str))))


def _curves(subject: Subject) -> list[str]:
    declared = [f for f in subject.experiment.figures if isinstance(f, Curve)]
    return [f"curve:{curve.name}" for curve in declared if _done(subject, *curve.stages)]


def _answers(subject: Subject) -> list[str]:
    """Name the figures that read what the experiment declares of a classifier."""
    declared = [f for f in subject.experiment.figures if _done(subject, *f.stages)]
    return [
        name
        for name, kind in OF_RECORDS.items()
        if kind.reads is not None and any(isinstance(figure, kind.reads) for figure in declared)
    ]


def _effects(subject: Subject, metric: Metric) -> list[str]:
    """Name what compares hyperparameters, where there are some, and settings enough."""
    settings = _settings(subject, metric.stage)
    if not varying(settings):
        return []
    kinds = ["effects", "importance"] if len(settings) >= FEWEST else ["effects"]
    return [f"{kind}:{metric.name}" for kind in kinds]


def _settings(subject: Subject, stage: str) -> Sequence[Setting]:
    """Give the settings without replicates of which a stage is done."""
    replicates = subject.experiment.replicates
    return [
        *dict.fromkeys(
            setting.without(replicates)
            for setting, by_stage in subject.tasks.by_setting
            if stage in by_stage and subject.status.of(by_stage[stage]) == "done"
        )
    ]


def _done(subject: Subject, *stages: str) -> bool:
    return any(t.stage.name in stages and subject.status.of(t) == "done" for t in subject.tasks)


def _figure(subject: Subject, written: str) -> Part:
    """Draw a figure; one that cannot be drawn of this selection says why."""
    said: list[str] = []
    source = Source(
        subject.experiment, subject.tasks, subject.status, subject.workspace.store, said.append
    )
    caption = _caption(subject, written)
    try:
        drawn = draw(written, source)
    except ConfigError as error:
        return "; ".join([f"{caption}: {error}", *said])
    command = subject.command("--figure", written, "-e", f"{written.replace(':', '-')}.pdf")
    return picture(lambda path, dpi: save(drawn, path, dpi), caption, command, said)


def _caption(subject: Subject, written: str) -> str:
    kind, _, name = written.partition(":")
    curves = {f.name: f for f in subject.experiment.figures if isinstance(f, Curve)}
    shown = (curves[name].description or name) if kind == "curve" else name
    told = CAPTIONS.get(kind, FIGURES[kind].about).format(shown)
    return told if name and told.startswith(name) else told[:1].upper() + told[1:]
