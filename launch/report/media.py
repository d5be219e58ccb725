"""Sounds and pictures of a report, as many as a page can carry."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from core.contrast import varying
from core.media import Media
from core.record import Record
from core.setting import Setting
from core.task import Task, shares
from export.report import Clip, Part, Section
from export.table import shown
from launch.report.subject import Subject

# A page that still goes by mail, where 25 MB is the common limit and base64 adds a third.
MOST_BYTES = 16_000_000
# More players on a page than anybody listens to.
MOST_FILES = 100


@dataclass(frozen=True)
class _Found:
    """A file, what it is, and of which setting; `place` counts the files of one record."""

    media: Media
    label: str
    record: Record
    name: str
    size: int
    place: int

    def read(self) -> bytes:
        """Read the file."""
        with self.record.open(self.name) as file:
            return file.read()


def media(subject: Subject) -> Iterator[Section]:
    """Show what the stages of finished tasks have stored; say what is left out, and where it is.

    Every record gives its first file before any gives its second.
    """
    declared = subject.experiment.media
    found = [file for kind in declared for file in _files(subject, kind)]
    kept = set(_affordable(sorted(found, key=lambda file: file.place)))
    for kind in declared:
        files = [file for file in found if file.media == kind]
        if files:
            clips = [_clip(file) for file in files if file in kept]
            left_out = _left_out(subject, kind, len(files) - len(clips))
            yield Section(kind.title or kind.pattern, (*left_out, *clips))


def _files(subject: Subject, kind: Media) -> Iterator[_Found]:
    tasks = _finished(subject, kind.stage)
    names = varying([*tasks.values()])
    for task, setting in tasks.items():
        label = ", ".join(f"{name}={shown(setting[name])}" for name in names if name in setting)
        record = subject.workspace.store.record(task)
        for place, (name, size) in enumerate(record.files(kind.pattern).items()):
            yield _Found(kind, label, record, name, size, place)


def _finished(subject: Subject, stage: str) -> dict[Task, Setting]:
    """Give the finished tasks of a stage, each with the first setting that has it."""
    found: dict[Task, Setting] = {}
    for setting, by_stage in subject.tasks.by_setting:
        for task in shares(stage, by_stage):
            if subject.status.of(task) == "done":
                found.setdefault(task, setting)
    return found


def _affordable(files: Sequence[_Found]) -> Iterator[_Found]:
    left = MOST_BYTES
    for file in files[:MOST_FILES]:
        left -= file.size
        if left < 0:
            return
        yield file


def _clip(file: _Found) -> Clip:
    return Clip(file.read(), file.media.type, file.label, PurePath(file.name).name)


def _left_out(subject: Subject, kind: Media, number: int) -> Iterator[Part]:
    if number:
        folder = subject.workspace.store.folder / kind.stage
        yield (
            f"{number} more are left out: a page has {MOST_FILES} files and "
            f"{MOST_BYTES // 1_000_000} MB at most. They lie in {folder}, one folder a task."
        )
