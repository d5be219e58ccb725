"""What was given to Slurm: one small file an array, written before sbatch and again after it."""

import errno
import fcntl
import json
import logging
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from core.document import check_kinds, read_document
from core.durable import replace_text

FOLDER = ".slurm"
# Seeing an array again is noted this often at most.
NOTE_SECONDS = 30.0
# Some parallel file systems are mounted without locks; claims still keep tasks from being
# computed twice there.
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Submitted:
    """One array of jobs.

    Attributes
    ----------
    token:
        Eight hexadecimal digits at the end of the job's name, by which it is found again.
    job:
        Slurm's id of the job; None while sbatch's answer is not known.
    elements:
        The ids of the tasks that each element computes, by its index in the array.
    folder:
        Where the jobs' pickles and Slurm's own logs lie.
    submitted:
        Seconds since 1970.
    code:
        Name of the frozen copy of the code that the jobs run.
    """

    token: str
    job: str | None
    stage: str
    elements: tuple[tuple[str, ...], ...]
    profile: str
    folder: str
    submitted: float = field(default_factory=time.time)
    cancelled: bool = False
    user: str = ""
    cluster: str = ""
    code: str = ""


_KINDS: Mapping[str, Any] = {
    **dict.fromkeys(("token", "stage", "profile", "folder", "user", "cluster", "code"), str),
    "job": str | None,
    "submitted": float,
    "cancelled": bool,
}


class Ledger:
    """The arrays of one experiment that may be waiting or running: `<results>/<name>/.slurm`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.jobs = folder / "jobs"

    def job_name(self, entry: Submitted) -> str:
        """The name that an array has in Slurm's queue."""
        return f"sonoplan-{self.folder.parent.name}-{entry.stage}-{entry.token}"

    def all(self) -> list[Submitted]:
        """Read every entry, the earliest first; a damaged one is passed over with a warning."""
        found = [_read(file) for file in self.jobs.glob("*.json")]
        return sorted((e for e in found if e is not None), key=lambda e: (e.submitted, e.token))

    def write(self, entry: Submitted) -> None:
        """Write an entry, or write it anew, whole or not at all."""
        self.jobs.mkdir(parents=True, exist_ok=True)
        replace_text(self._file(entry.token), json.dumps(asdict(entry)))

    def remove(self, token: str) -> None:
        """Forget an entry."""
        self._file(token).unlink(missing_ok=True)

    def seen(self, entry: Submitted) -> float:
        """When an array was last in the queue, or was submitted."""
        try:
            return max(entry.submitted, self._file(entry.token).stat().st_mtime)
        except OSError:
            return entry.submitted

    def saw(self, entry: Submitted, now: float) -> None:
        """Note that an array is in the queue, in the time stamp of its file."""
        if now - self.seen(entry) >= NOTE_SECONDS:
            with suppress(OSError):  # the results of somebody else, for instance
                os.utime(self._file(entry.token), (now, now))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let one submitter at a time look and submit; a second one waits here."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
            except OSError as error:
                if error.errno not in _NO_LOCKS:
                    raise
                _log.warning("%s has no locks: do not submit from two terminals", self.folder)
            yield

    def _file(self, token: str) -> Path:
        return self.jobs / f"{token}.json"


def _read(file: Path) -> Submitted | None:
    try:
        fields = read_document(file.read_bytes())
        fields["elements"] = tuple(tuple(ids) for ids in fields["elements"])
        entry = Submitted(**fields)
        check_kinds(entry, _KINDS)
        for task in (task for tasks in entry.elements for task in tasks):
            if not isinstance(task, str):
                raise TypeError(f"{task!r} is no id of a task")
        return entry
    except FileNotFoundError:
        return None  # removed meanwhile
    except (OSError, ValueError, TypeError, KeyError) as error:
        _log.warning("%s cannot be read and is passed over: %s", file, error)
        return None
