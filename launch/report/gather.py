"""Puts a report together."""

import platform
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from core.provenance import code_version, installed_version
from core.status import State
from export.report import Report, Section, draw
from launch.report.failures import failures
from launch.report.figures import figures
from launch.report.media import media
from launch.report.results import results
from launch.report.subject import Subject
from launch.state import left_told, scene
from launch.tables import Drawn
from launch.target import target
from launch.wishes import TableWishes
from launch.workspace import summed


def write(subject: Subject, drawn: Drawn, wishes: TableWishes, made_by: str, name: str) -> Path:
    """Write the report of what was drawn to the file that a name means; gives the file.

    `made_by` is the command that asked for it.
    """
    report = Report(
        title=subject.experiment.name,
        purpose=subject.experiment.purpose,
        facts=tuple(_facts(subject, made_by)),
        sections=tuple(_sections(subject, drawn, wishes)),
    )
    path = target(subject.workspace, name)
    draw(report, path)
    return path.resolve()


def _sections(subject: Subject, drawn: Drawn, wishes: TableWishes) -> Iterator[Section]:
    yield results(subject, drawn)
    yield from figures(subject, wishes)
    yield from media(subject)
    yield from failures(subject)


def _facts(subject: Subject, made_by: str) -> Iterator[tuple[str, str]]:
    """Tell what was asked, where it stands, and when and by what the report was made."""
    seen = scene(subject.workspace, subject.tasks, subject.status)
    yield "Selected", subject.selection.explain()
    yield "Settings", _counted(_settings(subject))
    yield "Tasks", "; ".join(f"{stage} {_counted(count)}" for stage, count in seen.counts.items())
    yield "To compute", left_told(seen.left)
    now = time.strftime("%Y-%m-%d %H:%M")
    yield "Made", f"{now} on {platform.node()} by sonoplan {installed_version()}{_commit()}"
    yield "Command", made_by


def _settings(subject: Subject) -> Counter[State]:
    """Count the settings by state, the worst of each one's tasks."""
    states = subject.status.states
    tasks = (by_stage.values() for _, by_stage in subject.tasks.by_setting)
    return Counter(summed(Counter(states[task.id] for task in some)) for some in tasks)


def _counted(states: Mapping[Any, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in states.items())


def _commit() -> str:
    code = code_version()
    changed = " with changes" if code.get("dirty") else ""
    return f", commit {str(code['commit'])[:12]}{changed}" if code else ""
