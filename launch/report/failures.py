"""The failures of a report: tasks that failed, were killed or are damaged, and their logs."""

import time
from collections.abc import Iterator

from core.claim import current_claim
from core.status import State
from core.store import Unfinished
from core.task import Task
from export.report import Failure, Part, Section
from launch.failures import tail
from launch.report.subject import Subject

STATES: dict[State, str] = {"failed": "failed", "stale": "was killed", "damaged": "is damaged"}
KILLED = "the process that computed it died before it could say why"
DIGITS = 8
LINES = 40
# Logs of more would make a page that no reader needs: they tend to say the same.
MOST_LOGS = 200


def failures(subject: Subject) -> Iterator[Section]:
    """Tell of each task that has no result and why, where there are such."""
    found = [task for task in subject.tasks if subject.status.of(task) in STATES]
    if not found:
        return
    said: list[Part] = []
    if len(found) > MOST_LOGS:
        said.append(f"The logs of the first {MOST_LOGS} of {len(found)} are here.")
    parts = [_failure(subject, task, place < MOST_LOGS) for place, task in enumerate(found)]
    yield Section(f"Failures ({len(found)})", (*said, *parts))


def _failure(subject: Subject, task: Task, with_log: bool) -> Failure:
    host, when, error = _told(subject, task)
    known = {"task": task.id, "setting": str(task.setting), "host": host, "when": _date(when)}
    return Failure(
        name=f"{task.name} {task.id[:DIGITS]}",
        state=STATES[subject.status.of(task)],
        error=error,
        facts=tuple((name, text) for name, text in known.items() if text),
        tail="\n".join(tail(subject.workspace, task, LINES)) if with_log else "",
        command=subject.command("--log", task.id),
    )


def _told(subject: Subject, task: Task) -> tuple[str, float, str]:
    """Find where and when (0 where nobody knows) a task failed, and what was said of it."""
    state = subject.status.of(task)
    work = subject.workspace.store.unfinished(task)
    if state == "damaged":
        return "", 0, subject.status.indexes[task.stage.name].entries[task.id].damaged
    if state == "failed":
        failure = work.failure() or {}  # gone where it is being tried again now
        return failure.get("host", ""), failure.get("time", 0), failure.get("error", "")
    return *_last_heard(work), KILLED


def _last_heard(work: Unfinished) -> tuple[str, float]:
    """Find where a runner died and when its heart beat last, unless another is at it by now."""
    claim = current_claim(work.folder)
    owner = claim.owner() if claim else None
    if claim is None or owner is None:
        return "", 0
    try:
        return owner.host, claim.path.stat().st_mtime
    except FileNotFoundError:
        return "", 0


def _date(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds)) if seconds else ""
