"""Claims: who computes a task, and whether they still do.

A claim is the file `claim.N` in the task's work folder, created with O_EXCL. Its modification
time is the heartbeat. A dead claim is not removed but outnumbered: whoever creates `claim.N+1`
first has taken over, so two runners can never both believe that they did.
"""

import json
import os
import socket
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from core.document import read_document
from core.errors import ClaimLost

WORK = ".work"  # beside the records of a stage, a folder for each task somebody works on
HEARTBEAT_SECONDS = 15.0
# A runner on another machine is dead after this silence: ten missed beats allow for slow disks.
DEAD_AFTER_SECONDS = 150.0


@dataclass(frozen=True)
class Owner:
    """A process somewhere: `boot` and `space` say whether its pid means anything here."""

    host: str
    boot: str
    space: str
    pid: int
    started: str
    job: str


@dataclass(frozen=True)
class Claim:
    """One claim file."""

    path: Path
    number: int

    def owner(self) -> Owner | None:
        """Read who made the claim; None while it is being written or after it has gone."""
        try:
            found = self._read()
            found.pop("needs", None)
            return Owner(**found)
        except (OSError, ValueError, TypeError):
            return None

    def needs(self) -> list[str] | None:
        """Read of which tasks its owner reads the records; None where that is not known."""
        try:
            return list(map(str, self._read()["needs"]))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def _read(self) -> dict[str, Any]:
        return read_document(self.path.read_bytes())

    def alive(self) -> bool:
        """Tell whether its owner still works: by pid on this machine, else by heartbeat."""
        owner = self.owner()
        here = this_process()
        if owner is not None and owner.host == here.host:
            if owner.boot != here.boot:
                return False  # that machine has been started anew since
            if owner.space == here.space:
                return process_start(owner.pid) == owner.started
        try:
            beat = self.path.stat().st_mtime
        except FileNotFoundError:
            return False
        silent = DEAD_AFTER_SECONDS if owner is not None else HEARTBEAT_SECONDS
        return file_system_time(self.path.parent) - beat < silent

    def latest(self) -> bool:
        """Tell, to its owner, whether nobody has taken over."""
        newest = current_claim(self.path.parent)
        # Who was overtaken by one who has finished since may find its own number given again.
        others = self.owner() not in (None, this_process())
        return newest is not None and newest.number == self.number and not others

    def draft(self, name: str) -> Path:
        """Name, to its owner, what it makes: nobody else's, also where a number comes again."""
        mine = this_process()
        return self.path.parent / f"{name}.{self.number}.{mine.host}.{mine.pid}"

    def check(self) -> None:
        """Raise ClaimLost if another runner has taken over."""
        if not self.latest():
            raise ClaimLost(f"task {self.path.parent.name} was taken over by another runner")


def take(work: Path, needs: Iterable[str] = ()) -> Claim | None:
    """Claim a work folder, telling the ids whose records are read; None where a live one has it.

    Raises OSError where nothing can be written.
    """
    work.mkdir(parents=True, exist_ok=True)
    before = current_claim(work)
    if before is not None and before.alive():
        return None
    number = before.number + 1 if before else 1
    claim = Claim(work / f"claim.{number}", number)
    try:
        handle = os.open(claim.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
    except (FileExistsError, FileNotFoundError):  # somebody was faster, or finished and cleaned up
        return None
    try:
        with os.fdopen(handle, "w") as file:
            file.write(json.dumps({**asdict(this_process()), "needs": [*needs]}))
    except OSError:  # a full disk: nobody is at the task
        claim.path.unlink(missing_ok=True)
        raise
    return claim


def current_claim(work: Path) -> Claim | None:
    """Find the claim that counts: the one with the highest number."""
    try:
        names = os.listdir(work)
    except FileNotFoundError:
        return None
    numbers = [int(n[6:]) for n in names if n.startswith("claim.") and n[6:].isdigit()]
    return Claim(work / f"claim.{max(numbers)}", max(numbers)) if numbers else None


def this_process() -> Owner:
    """Describe this process; a forked child is another process."""
    return _describe(os.getpid())


@cache
def _describe(pid: int) -> Owner:
    return Owner(
        host=socket.gethostname(),
        boot=_first_line("/proc/sys/kernel/random/boot_id"),
        space=_link("/proc/self/ns/pid"),
        pid=pid,
        started=process_start(pid),
        job=os.environ.get("SLURM_JOB_ID", ""),
    )


def process_start(pid: int) -> str:
    """When a process started, in clock ticks since boot; empty if there is none.

    A pid is given again after a process has died; its start time is not.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "" if Path("/proc/self/stat").exists() else _probe(pid)
    fields = stat.rpartition(")")[2].split()
    zombie = fields[0] in "ZX"
    return "" if zombie else fields[19]


def _probe(pid: int) -> str:
    """Tell whether a process exists where there is no /proc."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        return "running"
    return "running"


def file_system_time(folder: Path) -> float:
    """Now, by the clock of the file system that stamps heartbeats (hosts' clocks may differ)."""
    mark = folder / f".clock.{os.getpid()}"
    try:
        mark.touch()
        now = mark.stat().st_mtime
        mark.unlink()
    except OSError:
        return time.time()
    return now


def _first_line(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""


def _link(path: str) -> str:
    try:
        return str(Path(path).readlink())
    except OSError:
        return ""
