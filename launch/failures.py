"""Failures told at the end of a run, and logs read afterwards."""

from collections.abc import Mapping

from core.errors import SonoplanError, UnknownName
from core.execute import Outcome
from core.store import LOG_FILE, WORK, Unfinished
from core.task import Task
from launch.terminal import Terminal
from launch.workspace import Workspace

TAIL_LINES = 8
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
        for line in _tail(workspace, first):
            if error not in line:
                terminal.note(f"  | {line}")
        terminal.note(f"  all of it: sonoplan {name} --log {first.id}")
    terminal.note(f"every failed task: sonoplan {name} -s state=failed -f")
    terminal.note(f"when the cause is mended: sonoplan {name} -c --retry")


def show_log(workspace: Workspace, wanted: str, terminal: Terminal) -> None:
    """Print the log and the traceback of the task whose id begins with `wanted`.

    Raises UnknownName where no task on disk has such an id, SonoplanError where several have.
    """
    folders = {}
    for stage in workspace.experiment.stages:
        for base in (
            workspace.store.folder / stage.name,
            workspace.store.folder / stage.name / WORK,
        ):
            if base.is_dir():
                folders.update({p.name: p for p in base.iterdir() if not p.name.startswith(".")})
    found = [task_id for task_id in folders if task_id.startswith(wanted)]
    if not found:
        raise UnknownName("task id (on disk)", wanted, sorted(folders))
    if len(found) > 1:
        raise SonoplanError(f"{len(found)} tasks begin with {wanted!r}: {', '.join(found[:8])}")
    folder = folders[found[0]]
    log = folder / LOG_FILE
    terminal.note(f"{folder}")
    if log.is_file():
        terminal.line(log.read_text(encoding="utf-8", errors="replace").rstrip())
    failure = Unfinished(folder).failure()
    if failure:
        terminal.line(str(failure["traceback"]).rstrip())
    elif not log.is_file():
        terminal.note("this task wrote nothing")


def _tail(workspace: Workspace, task: Task) -> list[str]:
    unfinished = workspace.store.unfinished(task)
    failure = unfinished.failure() or {}
    text = str(failure.get("traceback", ""))
    if unfinished.log.is_file():
        text = unfinished.log.read_text(encoding="utf-8", errors="replace") + text
    return text.rstrip().splitlines()[-TAIL_LINES:]
