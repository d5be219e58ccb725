"""Failures told at the end of a run."""

from collections.abc import Mapping
from pathlib import Path

from core.execute import Outcome
from core.task import Task
from launch.terminal import Terminal
from launch.workspace import Workspace

TAIL_LINES = 8
END_BYTES = 64_000
SHOWN = 10


def tell_failures(workspace: Workspace, failed: Mapping[Task, Outcome], terminal: Terminal) -> None:
    """List failures, each kind once, with the end of its log and the command that shows it all."""
    name = workspace.experiment.name
    kinds: dict[tuple[str, str], list[Task]] = {}
    for task, outcome in failed.items():
        kinds.setdefault((task.stage.name, outcome.error), []).append(task)
    for (stage, error), tasks in list(kinds.items())[:SHOWN]:
        first, *others = tasks
        alike = f" (and {len(others)} more like it)" if others else ""
        terminal.error(f"{stage} {first.id} failed{alike}: {error}")
        terminal.note(f"  {first.setting}")
        for line in tail(workspace, first, TAIL_LINES):
            if error not in line:
                terminal.note(f"  | {line}")
        terminal.note(f"  all of it: sonoplan {name} --log {first.id}")
    terminal.note(f"every failed task: sonoplan {name} -s state=failed -f")
    terminal.note(f"when the cause is mended: sonoplan {name} -c --retry")


def tail(workspace: Workspace, task: Task, lines: int) -> list[str]:
    """Give the last lines of what an unfinished task wrote, its traceback after its log."""
    unfinished = workspace.store.unfinished(task)
    failure = unfinished.failure() or {}
    text = str(failure.get("traceback", ""))
    if unfinished.log.is_file():
        text = end_of(unfinished.log) + text
    return text.rstrip().splitlines()[-lines:]


def end_of(log: Path) -> str:
    """Read the end of a log, which may be far larger than memory."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - END_BYTES))
        return file.read().decode(encoding="utf-8", errors="replace")
