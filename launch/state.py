"""The action --status: what is done, what failed, what runs, what remains and what it costs."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rich.table import Table

from core.status import STATES, UNDER_WAY, Left, Status
from core.task import Tasks
from launch.headed import headed
from launch.running import Running, duration, running
from launch.terminal import Terminal
from launch.workspace import Workspace


@dataclass(frozen=True)
class Scene:
    """One look at some tasks: counts of states by stage, what runs, what is left.

    `waits` counts what Slurm says of queued tasks; `trouble` says why it could not be asked.
    """

    counts: Mapping[str, Counter[str]]
    running: list[Running]
    left: Left
    waits: Mapping[str, int] = field(default_factory=dict)
    trouble: str = ""

    def count(self, *states: str) -> int:
        """Count the tasks in some states."""
        return sum(count[state] for count in self.counts.values() for state in states)

    @property
    def under_way(self) -> bool:
        """Tell whether anything runs or waits in a queue."""
        return self.count(*UNDER_WAY) > 0


def scene(workspace: Workspace, tasks: Tasks, status: Status | None = None) -> Scene:
    """Look at tasks."""
    status = status or workspace.status(tasks)
    waits: Counter[str] = Counter()
    if status.queue:
        queued = [task.id for task in tasks if status.of(task) == "queued"]
        waits.update(workspace.look.places[task_id].wait for task_id in queued)
    return Scene(
        counts=status.counts(tasks),
        running=running(workspace, tasks, status),
        left=status.left(tasks),
        waits=waits,
        trouble=workspace.look.error if status.queue else "",
    )


def show_status(workspace: Workspace, tasks: Tasks, terminal: Terminal) -> None:
    """Draw counts by stage, the tasks that run, and the work that is left."""
    seen = scene(workspace, tasks)
    terminal.show(counts_table(seen))
    for one in seen.running:
        terminal.line(told(one))
    if seen.waits:
        terminal.line(waits_told(seen))
    terminal.line(left_told(seen.left))
    if seen.trouble:
        terminal.warn(trouble_told(seen))


def status_document(workspace: Workspace, tasks: Tasks) -> dict[str, object]:
    """Describe the same for scripts."""
    status = workspace.status(tasks)
    seen = scene(workspace, tasks, status)
    return {
        "stages": {name: dict(count) for name, count in seen.counts.items()},
        "remaining_seconds": seen.left.seconds,
        "remaining_gpu_hours": seen.left.gpu_hours,
        "remaining_cpu_hours": seen.left.cpu_hours,
        "unknown_stages": list(seen.left.unknown),
        "running": [one.document() for one in seen.running],
        "queued": dict(seen.waits),
        "slurm": seen.trouble or None,
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


def counts_table(seen: Scene) -> Table:
    """Lay out counts by stage and state."""
    shown = [state for state in STATES if seen.count(state)]
    table = headed("stage", *shown, "all", right=(*shown, "all"))
    for stage, count in seen.counts.items():
        table.add_row(stage, *(str(count[s] or "") for s in shown), str(count.total()))
    return table


def told(one: Running) -> str:
    """Say in a line how a running task is doing."""
    where = f"on {one.where}" if one.where else ""
    how = _joined([one.progress, one.figures, one.time_left], ", ")
    return _joined([f"running: {one.task.name} {one.task.id}", where, how], " ")


def waits_told(seen: Scene) -> str:
    """Say what queued tasks wait for."""
    return "queued: " + ", ".join(f"{count} {how}" for how, count in seen.waits.items())


def left_told(left: Left) -> str:
    """Say how much work is left."""
    if not left.seconds and not left.unknown:
        return "nothing is left to compute"
    costs = {"GPU-hours": left.gpu_hours, "CPU-hours": left.cpu_hours}
    cost = " and ".join(f"{hours:.3g} {name}" for name, hours in costs.items() if hours)
    known = f"about {duration(left.seconds)} of one job's time left, {cost}" if cost else ""
    guess = f"no duration known yet of: {', '.join(left.unknown)}" if left.unknown else ""
    return _joined([known, guess], "; ")


def trouble_told(seen: Scene) -> str:
    """Say what is not known because Slurm did not answer."""
    return f"{seen.count('unknown')} tasks are unknown: {seen.trouble}"


def _joined(parts: Iterable[str], mark: str) -> str:
    return mark.join(filter(None, parts))
