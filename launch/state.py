"""The action --status: what is done, what failed, what remains and how long it may take."""

from datetime import timedelta

from rich.box import SIMPLE_HEAD
from rich.table import Table

from core.status import STATES, Status
from core.task import Task, Tasks
from launch.terminal import Terminal
from launch.workspace import Workspace


def show_status(workspace: Workspace, tasks: Tasks, terminal: Terminal) -> None:
    """Draw counts by stage, the tasks that run, and the work that is left."""
    status = workspace.status(tasks)
    counts = status.counts(tasks)
    shown = [state for state in STATES if any(count[state] for count in counts.values())]
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for title in ("stage", *shown, "all"):
        table.add_column(title, justify="left" if title == "stage" else "right")
    for stage, count in counts.items():
        table.add_row(stage, *(str(count[s] or "") for s in shown), str(count.total()))
    terminal.show(table)
    for task in tasks:
        if status.of(task) == "running":
            terminal.line(_progress(workspace, task))
    terminal.line(_left(status, tasks))


def status_document(workspace: Workspace, tasks: Tasks) -> dict[str, object]:
    """Describe the same for scripts."""
    status = workspace.status(tasks)
    left, unknown = status.remaining_seconds(tasks)
    return {
        "stages": {name: dict(count) for name, count in status.counts(tasks).items()},
        "remaining_seconds": left,
        "unknown_stages": unknown,
        "tasks": [
            {
                "id": task.id,
                "stage": task.stage.name,
                "state": status.of(task),
                "reason": status.reason(task),
                "setting": dict(task.setting),
            }
            for task in tasks
        ],
    }


def _progress(workspace: Workspace, task: Task) -> str:
    told = workspace.store.unfinished(task).progress()
    if not told:
        return f"running: {task.stage.name} {task.id}"
    figures = " ".join(f"{name} {value:.4g}" for name, value in told["shown"].items())
    return f"running: {task.stage.name} {task.id} {told['done']:g}/{told['total']:g} {figures}"


def _left(status: Status, tasks: Tasks) -> str:
    left, unknown = status.remaining_seconds(tasks)
    if not left and not unknown:
        return "nothing is left to compute"
    known = f"about {timedelta(seconds=round(left))} of one job's time left" if left else ""
    guess = f"no duration known yet of: {', '.join(unknown)}" if unknown else ""
    return "; ".join(filter(None, [known, guess]))
