"""Where records lie: <root>/<experiment>/<stage>/<id>/, with work in progress in .work/<id>/."""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from core.archive import Archive
from core.claim import WORK, current_claim
from core.document import read_document
from core.errors import ConfigError, UnknownName
from core.record import Record, is_record
from core.task import Task

FAILURE_FILE = "failure.json"
LOG_FILE = "log.txt"
PROGRESS_FILE = "progress.json"


@dataclass(frozen=True)
class Unfinished:
    """A task's work folder: somebody is at it, or was."""

    folder: Path

    def running(self) -> bool:
        """Tell whether a live runner has it."""
        claim = current_claim(self.folder)
        return claim is not None and claim.alive()

    def stale(self) -> bool:
        """Tell whether its runner died."""
        claim = current_claim(self.folder)
        return claim is not None and not claim.alive()

    def failure(self) -> dict[str, Any] | None:
        """What the last attempt failed with."""
        return _read_json(self.folder / FAILURE_FILE)

    def progress(self) -> dict[str, Any] | None:
        """How far the running attempt says it is."""
        return _read_json(self.folder / PROGRESS_FILE)

    @property
    def log(self) -> Path:
        """What the task has written to its output."""
        return self.folder / LOG_FILE


@dataclass(frozen=True)
class Scan:
    """One look at a stage's folder: finished ids with their modification times, and work."""

    done: dict[str, int] = field(default_factory=dict)
    work: dict[str, Unfinished] = field(default_factory=dict)


class Store:
    """The records of one experiment under a results folder."""

    def __init__(self, root: Path, experiment: str) -> None:
        self.root = root
        self.experiment = experiment
        self.folder = root / experiment

    def path(self, task: Task) -> Path:
        """Where a task's record is, or will be."""
        return self.folder / task.stage.name / task.id

    def work(self, task: Task) -> Path:
        """Where a task is worked on until its record is whole."""
        return self.folder / task.stage.name / WORK / task.id

    def has(self, task: Task) -> bool:
        """Tell whether a task's record is there."""
        return is_record(self.path(task))

    def record(self, task: Task) -> Record:
        """Open a task's record."""
        return Record(self.path(task))

    def unfinished(self, task: Task) -> Unfinished:
        """Look at a task's work folder."""
        return Unfinished(self.work(task))

    def prepare(self, stages: Iterable[str]) -> None:
        """Make the folders of some stages; raises ConfigError where nothing can be written."""
        for stage in stages:
            folder = self.folder / stage / WORK
            try:
                folder.mkdir(parents=True, exist_ok=True)
                with TemporaryFile(dir=folder, buffering=0) as probe:  # nameless: none is left
                    probe.write(b"x" * 4096)
            except OSError as error:
                raise ConfigError(
                    f"results cannot be written to {folder} ({error.strerror}); choose another "
                    'folder with --results PATH, or results = "PATH" in sonoplan.toml'
                ) from error

    def sweep(self, stage: str) -> None:
        """Remove the work folders of finished tasks, left by a kill just after the record."""
        for entry in _entries(self.folder / stage / WORK):
            left = Unfinished(Path(entry.path))
            if is_record(self.folder / stage / entry.name) and not left.running():
                shutil.rmtree(left.folder, ignore_errors=True)

    def scan(self, stage: str) -> Scan:
        """List a stage's finished and unfinished tasks, reading each folder once."""
        found = Scan(done=finished(self.folder / stage))
        for entry in _entries(self.folder / stage / WORK):
            if entry.name not in found.done and entry.is_dir():
                found.work[entry.name] = Unfinished(Path(entry.path))
        return found

    def in_use(self) -> set[str] | None:
        """Give the ids whose records running tasks read; None where one of them does not tell."""
        used: set[str] = set()
        for stage in _entries(self.folder):
            for entry in _entries(Path(stage.path) / WORK):
                claim = current_claim(Path(entry.path))
                if claim is not None and claim.alive():
                    needs = claim.needs()
                    if needs is None:
                        return None
                    used.update(needs)
        return used


def finished(stage: Path) -> dict[str, int]:
    """Find the records in a stage's folder: their modification times (ns), by id."""
    with Archive(stage) as archive:
        found = archive.stamps
    return found | folders(stage)


def find_record(folder: Path, begin: str, kind: str, stage: str, also: Iterable[str] = ()) -> Path:
    """Find the record below an experiment's folder whose id begins so.

    Raises ConfigError where several do. Where none does, UnknownName tells the ids of a stage,
    which holds what is asked for, a `kind`, and what else could be asked for.
    """
    records = [each / name for each in sorted(folder.glob("*")) for name in finished(each)]
    begun = [record for record in records if record.name.startswith(begin)]
    if len(begun) > 1:
        ids = ", ".join(sorted(record.name for record in begun))
        raise ConfigError(f"{begin!r} is the beginning of several records' ids: {ids}")
    if not begun:
        known = [*also, *(record.name for record in records if record.parent.name == stage)]
        raise UnknownName(kind, begin, known, f"; results are in {folder}")
    return begun[0]


def folders(stage: Path) -> dict[str, int]:
    """Find the records in a stage's folder that are folders, as `finished` does all."""
    return {
        entry.name: entry.stat().st_mtime_ns
        for entry in _entries(stage)
        if not entry.name.startswith(".") and entry.is_dir()
    }


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise ConfigError(f"results in {folder} cannot be read: {error.strerror}") from error


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        return read_document(path.read_bytes())
    except (OSError, ValueError):
        return None
