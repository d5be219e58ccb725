"""Looks at Slurm's queue: one call a look, and what is not listed is unknown, not failed."""

import getpass
import time
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from core.status import InQueue
from launch.slurm.accounting import ENDED, INDEX, Accounting
from launch.slurm.command import SlurmError, call, installed
from launch.slurm.ledger import Ledger, Submitted

Standing: TypeAlias = Literal["pending", "running", "held", "unknown", "ended"]

# A job may be unlisted for a moment: just after sbatch, or while its controller starts again.
UNKNOWN_SECONDS = 300.0
# The name comes last: it alone may hold anything.
FORMAT = "%F|%K|%T|%N|%r|%j"
_WAITING = frozenset(("PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_FED"))
_RUNNING = frozenset(
    ("RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "STAGE_OUT", "RESIZING")
)
_HELD = frozenset(("REQUEUE_HOLD", "SPECIAL_EXIT"))

_ACCOUNTING = Accounting()


@dataclass(frozen=True)
class Listed:
    """One line of squeue: an element of an array, or a single job, which has no index."""

    job: str
    index: int
    state: str
    node: str
    reason: str
    name: str

    @property
    def token(self) -> str:
        """The end of the name, by which the ledger knows a job."""
        return self.name.rpartition("-")[2]

    @property
    def told(self) -> str:
        """What is worth telling of it, in Slurm's words where they are clear."""
        if self.standing == "ended":
            return f"{self.state}, {self.reason}" if self.reason else self.state
        if self.standing == "running":  # the reason would be why it waited once
            return "ending" if self.state == "COMPLETING" else ""
        return self.reason

    @property
    def standing(self) -> Standing:
        """What the state means for the tasks of this element."""
        if self.state in _HELD or (self.state == "PENDING" and "held" in self.reason.lower()):
            return "held"
        if self.state in _WAITING:
            return "pending"
        if self.state in _RUNNING:
            return "running"
        return "ended" if self.state in ENDED else "unknown"


@dataclass(frozen=True)
class Place:
    """Where Slurm has a task; `job` is None while its id is not known."""

    entry: Submitted
    index: int
    standing: Standing
    job: str | None
    reason: str = ""
    node: str = ""

    @property
    def active(self) -> bool:
        """Tell whether Slurm has the task, as far as anybody knows."""
        return self.standing != "ended"

    @property
    def element(self) -> str:
        """The element as Slurm's commands name it."""
        return f"{self.job or self.entry.token}_{self.index}"

    @property
    def wait(self) -> str:
        """Say what the task waits for: `pending (Dependency)`."""
        if self.standing == "running":
            return self.reason or "starting"
        return f"{self.standing} ({self.reason})" if self.reason else self.standing

    def in_queue(self) -> InQueue:
        """Say the same in the words that hold for any queue."""
        state: Literal["queued", "unknown", "gone"] = "queued"
        if self.standing == "ended":
            state = "gone"
        elif self.standing == "unknown":
            state = "unknown"
        return InQueue(state, self.tell(), self.entry.submitted)

    def tell(self) -> str:
        """Say in words how the task stands."""
        job = f"job {self.element}"
        why = f": {self.reason}" if self.reason else ""
        match self.standing:
            case "running":
                return f"{job} is {self.reason or 'running'} on {self.node or 'a node'}"
            case "pending":
                return f"{job} waits{why}"
            case "held":
                return f"{job} is held{why}"
            case "unknown":
                return f"{job} is not listed{why}"
        how = f" ({self.reason})" if self.reason else ""
        return f"its {job} left the queue without a record{how}"


@dataclass(frozen=True)
class Look:
    """What the queue says of the tasks in the ledger, by task id; `error` is Slurm's refusal."""

    places: Mapping[str, Place] = field(default_factory=dict)
    error: str = ""


def look(ledger: Ledger, now: float | None = None, done: Container[str] = ()) -> Look:
    """Ask the queue, once, where the tasks of the ledger are.

    Arrays all of whose tasks are `done` are left aside; where none is left, nobody is asked.
    """
    entries = [entry for entry in ledger.all() if not _finished(entry, done)]
    if not entries:
        return Look()
    try:
        listed = parse_queue(_ask(entries))
    except SlurmError as error:
        return Look(_unasked(entries, str(error)), str(error))
    return Look(_places(ledger, entries, listed, time.time() if now is None else now))


def parse_queue(text: str) -> list[Listed]:
    """Read what `squeue --noheader --array --format=FORMAT` wrote."""
    found = []
    for line in text.splitlines():
        fields = line.split("|", 5)
        if len(fields) == 6:  # else a notice of Slurm's
            job, index, state, node, reason, name = fields
            plain = "" if reason == "None" else reason
            place = int(index) if INDEX.fullmatch(index) else 0
            found.append(Listed(job.strip(), place, state, node, plain, name.strip()))
    return found


def _unasked(entries: Iterable[Submitted], error: str) -> dict[str, Place]:
    """Place every task where Slurm does not answer: unknown, unless it was cancelled."""
    places = {}
    for entry in entries:
        standing: Standing = "ended" if entry.cancelled else "unknown"
        reason = "cancelled" if entry.cancelled else error
        for index, tasks in enumerate(entry.elements):
            place = Place(entry, index, standing, entry.job, reason)
            places.update(dict.fromkeys(tasks, place))
    return places


def _ask(entries: Iterable[Submitted]) -> str:
    if not installed():
        raise SlurmError("Slurm is not installed on this machine")
    users = sorted({entry.user or getpass.getuser() for entry in entries})
    return call(
        "squeue",
        "--noheader",
        "--array",
        "--states=all",  # jobs that ended in the last minutes are listed too
        f"--user={','.join(users)}",
        f"--format={FORMAT}",
    )


def _places(
    ledger: Ledger, entries: Sequence[Submitted], listed: Sequence[Listed], now: float
) -> dict[str, Place]:
    """Place every task; one that was submitted again stands where it is now."""
    # By the token in the name: an id alone may be another job's, after a crash of the controller.
    by_token: dict[str, dict[int, Listed]] = {}
    for line in listed:
        by_token.setdefault(line.token, {})[line.index] = line
    absent = {e.job: ledger.job_name(e) for e in entries if e.job and e.token not in by_token}
    _ACCOUNTING.ask(absent)
    places: dict[str, Place] = {}
    for entry in entries:
        lines = by_token.get(entry.token, {})
        if any(line.standing != "ended" for line in lines.values()):
            ledger.saw(entry, now)
        expected = now - ledger.seen(entry) < UNKNOWN_SECONDS
        for index, tasks in enumerate(entry.elements):
            end = _ACCOUNTING.end(ledger.job_name(entry), index)
            place = _place(entry, index, lines, end, expected)
            for task in tasks:
                if place.active or task not in places or not places[task].active:
                    places[task] = place
    return places


def _place(
    entry: Submitted, index: int, lines: Mapping[int, Listed], end: str, expected: bool
) -> Place:
    line = lines.get(index)
    if line is not None:
        return Place(entry, index, line.standing, line.job, line.told, line.node)
    if lines or entry.cancelled:
        # Slurm knows the array, so it has let go of this element: it ended, or was cancelled.
        job = next(iter(lines.values())).job if lines else entry.job
        return Place(entry, index, "ended", job, "cancelled" if entry.cancelled else "")
    if end or not expected:
        return Place(entry, index, "ended", entry.job, end)
    return Place(entry, index, "unknown", entry.job)


def _finished(entry: Submitted, done: Container[str]) -> bool:
    return all(task in done for tasks in entry.elements for task in tasks)
