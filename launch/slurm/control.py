"""The actions --cancel, --hold and --release: what Slurm has of the selected settings."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from core.task import Task, Tasks
from launch.found import everything
from launch.slurm.command import SlurmError, call, installed
from launch.slurm.queue import Place
from launch.terminal import Terminal
from launch.workspace import Workspace


def cancel(workspace: Workspace, tasks: Tasks, yes: bool, terminal: Terminal) -> int:
    """Cancel, after asking, the jobs that hold tasks; gives the exit status.

    What queued tasks of other settings need is left to them. Nothing counts as failed: what is
    cancelled is to do again, with its checkpoints kept.
    """
    status = workspace.status(tasks)
    local = [t for t in tasks if status.of(t) == "running" and not status.elsewhere(t)]
    if local:
        terminal.note(f"running without Slurm, and not touched: {_first(local)}")
    places = _places(workspace, _unshared(workspace, tasks, terminal))
    if not places:
        terminal.note("Slurm has none of these tasks for itself; nothing was cancelled")
        return 0
    _require_answer(workspace)
    counted = _counted(places, tasks.by_id)
    _tell_others(workspace, places, tasks.by_id, terminal)
    if not yes and not terminal.ask(f"cancel {counted}?"):
        terminal.error("nothing was cancelled; answer y, or give --yes")
        return 2
    if installed() and (listed := names(places)):
        call("scancel", *listed)
    _mark(workspace, places)
    workspace.refresh()
    terminal.note(f"{counted} cancelled; what is not done is computed when asked for again")
    return 0


def hold(workspace: Workspace, tasks: Tasks, terminal: Terminal) -> int:
    """Keep waiting jobs from starting; gives the exit status.

    What queued tasks of other settings need is left to them.
    """
    chosen = _unshared(workspace, tasks, terminal)
    return _control(workspace, chosen, "hold", "pending", terminal)


def release(workspace: Workspace, tasks: Tasks, terminal: Terminal) -> int:
    """Let held jobs start; gives the exit status."""
    return _control(workspace, list(tasks), "release", "held", terminal)


def names(places: Iterable[Place]) -> list[str]:
    """Write elements as Slurm's commands take them, few words for many: 12, or 12_[0-3,7]."""
    by_job: dict[str, list[Place]] = {}
    for place in places:
        if place.job is not None:
            by_job.setdefault(place.job, []).append(place)
    written = []
    for job, some in by_job.items():
        whole = len(some) == len(some[0].entry.elements)
        indices = sorted(place.index for place in some)
        written.append(job if whole else f"{job}_[{ranges(indices)}]")
    return written


def ranges(indices: Sequence[int]) -> str:
    """Write sorted numbers as ranges: 0-3,7."""
    runs: list[list[int]] = []
    for index in indices:
        if runs and index == runs[-1][1] + 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def _control(
    workspace: Workspace, tasks: Sequence[Task], verb: str, standing: str, terminal: Terminal
) -> int:
    found = _places(workspace, tasks)
    if found:
        _require_answer(workspace)
    places = [place for place in found if place.standing == standing and place.job]
    if not places:
        terminal.note(f"no job of these settings is {standing}; nothing to {verb}")
        return 0
    call("scontrol", verb, *names(places))
    workspace.refresh()
    running = sum(place.standing == "running" for place in found)
    going = f"; {running} running already" if running and verb == "hold" else ""
    done = {"hold": "held", "release": "released"}[verb]
    terminal.note(f"{_counted(places, {task.id for task in tasks})} {done}{going}")
    return 0


def _places(workspace: Workspace, tasks: Sequence[Task]) -> list[Place]:
    """Find the elements that hold tasks which are not done, each once."""
    status = workspace.status(tasks)
    if not status.queue:
        return []
    places = workspace.look.places
    found = {places[task.id].element: places[task.id] for task in tasks if status.elsewhere(task)}
    return list(found.values())


def _unshared(workspace: Workspace, tasks: Tasks, terminal: Terminal) -> list[Task]:
    """Leave out, and tell of, tasks that queued tasks of other settings need."""
    everything = _everything(workspace)
    status = workspace.status(everything)
    needed: set[str] = set()
    for task in reversed(list(everything)):  # what needs others comes first
        if task.id in needed or (task.id not in tasks.by_id and status.elsewhere(task)):
            needed.update(need.id for need in task.needs.values())
    shared = [task for task in tasks if task.id in needed and status.elsewhere(task)]
    if shared:
        terminal.note(f"left as they are, for other settings need them: {_first(shared)}")
    return [task for task in tasks if task.id not in needed]


def _everything(workspace: Workspace) -> Tasks:
    """The tasks of all settings: those of this call, and of the plans as they are declared."""
    return workspace.maker.all(everything(workspace))


def _require_answer(workspace: Workspace) -> None:
    """Raise SlurmError where Slurm is there but does not answer."""
    if workspace.look.error and installed():
        raise SlurmError(workspace.look.error)


def _tell_others(
    workspace: Workspace, places: Sequence[Place], mine: Collection[str], terminal: Terminal
) -> None:
    """Say what else a cancellation concerns: tasks beside the selected ones, and after them."""
    held = {task for place in places for task in place.entry.elements[place.index]}
    everything = _everything(workspace)
    status = workspace.status(everything)
    others = [t for t in everything if t.id in held and t.id not in mine and status.elsewhere(t)]
    if others:
        terminal.warn(f"cancelled with them, in the same jobs: {_first(others)}")
    after: dict[str, Task] = {}
    for task in everything:
        if any(need.id in held or need.id in after for need in task.needs.values()):
            after[task.id] = task
    left = [task for task in after.values() if task.id not in held and status.elsewhere(task)]
    if left:
        terminal.warn(f"queued, and left alone for want of what is cancelled: {_first(left)}")


def _first(tasks: Sequence[Task]) -> str:
    """Count tasks and show one."""
    return f"{_number(len(tasks), 'task')}, as {tasks[0].name} {tasks[0].setting}"


def _mark(workspace: Workspace, places: Sequence[Place]) -> None:
    """Note in the ledger the arrays of which nothing is left in the queue.

    Without Slurm there is nobody to ask about single jobs: then an array is given up whole.
    """
    gone = {(place.entry.token, place.index) for place in places}
    active = {(p.entry.token, p.index) for p in workspace.look.places.values() if p.active}
    left = {token for token, _ in active - gone} if installed() else set()
    with workspace.ledger.locked():
        for entry in {place.entry.token: place.entry for place in places}.values():
            if entry.token not in left:
                workspace.ledger.write(replace(entry, cancelled=True))


def _counted(places: Sequence[Place], selected: Collection[str]) -> str:
    """Count jobs, and which of their tasks were selected."""
    held = {task for place in places for task in place.entry.elements[place.index]}
    mine, others = len(held & set(selected)), len(held - set(selected))
    told = f"{_number(len(places), 'job')} with {_number(mine, 'task')}"
    return f"{told} of these and {others} of others" if others else told


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
