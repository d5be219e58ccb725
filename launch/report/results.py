"""The tables of a report: one, or one for each plan where plans compare different things."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from core.contrast import varying
from core.experiment import Experiment
from core.selection import Selection
from export.report import Picture, Section
from export.table import Table
from launch.origins import traced
from launch.report.images import picture
from launch.report.subject import Subject
from launch.tables import Drawn

TOLD = (
    "Click a head to sort, a row to see where its numbers come from: runs, tasks, commits, hosts, "
    "dates, seconds."
)


def by_plan(
    drawn: Drawn, experiment: Experiment, selection: Selection, make: Callable[[Selection], Table]
) -> Drawn:
    """Make a table for each selected plan where other factors vary in each; else keep the one."""
    plans = dict.fromkeys(part.plan.name for part in selection.parts)
    shares = {name: _share(selection, name) for name in plans}
    shares = {name: share for name, share in shares.items() if share}
    if len({_compared(experiment, share) for share in shares.values()}) < 2:
        return drawn
    tables = {name: replace(make(share), title=f"Plan {name}") for name, share in shares.items()}
    return Drawn(tables)


def results(subject: Subject, drawn: Drawn) -> Section:
    """Show what was drawn, and of each row where it comes from."""
    return Section("Results", (TOLD, *_tables(subject, drawn), *_pictures(drawn)))


def _share(selection: Selection, plan: str) -> Selection:
    return replace(selection, parts=tuple(p for p in selection.parts if p.plan.name == plan))


def _compared(experiment: Experiment, share: Selection) -> frozenset[str]:
    rows = dict.fromkeys(setting.without(experiment.replicates) for setting in share)
    return frozenset(varying([*rows]))


def _tables(subject: Subject, drawn: Drawn) -> Iterator[Table]:
    alone = len(drawn.tables) == 1
    for table in drawn.tables.values():
        told = traced(table, subject.workspace, subject.selection)
        yield replace(told, title="") if alone else told


def _pictures(drawn: Drawn) -> Iterator[Picture]:
    for name, save in drawn.figures.items():
        yield picture(save, name.replace("-", " ").capitalize())
