"""The actions -R, -K and -A: records removed, kept alone, or copied to an archive.

What is removed goes to <results>/.trash/<time>/, from where it can be moved back.
"""

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError
from core.task import Task, Tasks
from launch.found import everything
from launch.terminal import Terminal
from launch.workspace import Workspace

SHOWN = 20


@dataclass(frozen=True)
class Doomed:
    """A folder to be moved away, and what it is."""

    path: Path
    told: str


def remove(workspace: Workspace, tasks: Tasks, stage: str, yes: bool, terminal: Terminal) -> int:
    """Move records of the selected settings to the trash, after asking.

    With a stage's name: its records and those of the stages that need them, for these settings.
    With "all": every record of these settings that no other setting of the plans uses.
    """
    chosen = _own(workspace, tasks) if stage == "all" else _from_stage(workspace, tasks, stage)
    status = workspace.status(tasks)
    running = [task for task in chosen if status.of(task) == "running"]
    if running:
        raise ConfigError(f"{len(running)} of these tasks are running, as {running[0]}; stop them")
    doomed = []
    for task in chosen:
        for path in (workspace.store.path(task), workspace.store.work(task)):
            if path.is_dir():
                doomed.append(Doomed(path, f"{task.name} {task.id} {task.setting}"))
    return _to_trash(workspace, doomed, yes, terminal)


def keep(workspace: Workspace, tasks: Tasks, yes: bool, terminal: Terminal) -> int:
    """Move every record of the experiment that no selected setting uses to the trash."""
    doomed = []
    for stage in workspace.experiment.stages:
        scan = workspace.indexes[stage.name].scan
        folder = workspace.store.folder / stage.name
        for task_id in scan.done:
            if task_id not in tasks.by_id:
                doomed.append(Doomed(folder / task_id, f"{stage.name} {task_id}"))
        for task_id, unfinished in scan.work.items():
            if task_id not in tasks.by_id and not unfinished.running():
                doomed.append(Doomed(unfinished.folder, f"{stage.name} {task_id} (unfinished)"))
    return _to_trash(workspace, doomed, yes, terminal)


def archive(workspace: Workspace, tasks: Tasks, target: Path, terminal: Terminal) -> int:
    """Copy the finished records of the selected settings to another results folder."""
    status = workspace.status(tasks)
    copied = present = 0
    for task in tasks:
        if status.of(task) != "done":
            continue
        goal = target / workspace.experiment.name / task.stage.name / task.id
        if goal.exists():
            present += 1
            continue
        part = goal.with_name(f".{task.id}.part")
        shutil.rmtree(part, ignore_errors=True)
        try:
            shutil.copytree(workspace.store.path(task), part)
            part.rename(goal)
        except OSError as error:
            raise ConfigError(f"cannot copy to {goal}: {error}") from error
        copied += 1
    terminal.note(f"{copied} records copied to {target}, {present} were there already")
    return 0


def _from_stage(workspace: Workspace, tasks: Tasks, stage: str) -> list[Task]:
    """Choose a stage's tasks and all that need them."""
    workspace.experiment.stage(stage)
    chosen: dict[str, Task] = {}
    for task in tasks:
        if task.stage.name == stage or any(need.id in chosen for need in task.needs.values()):
            chosen[task.id] = task
    return list(chosen.values())


def _own(workspace: Workspace, tasks: Tasks) -> list[Task]:
    """Leave out the tasks that a setting outside the selection uses as well."""
    selected = {setting for setting, _ in tasks.by_setting}
    shared = {
        task.id
        for setting in everything(workspace)
        if setting not in selected
        for task in workspace.maker.tasks(setting).values()
    }
    return [task for task in tasks if task.id not in shared]


def _to_trash(workspace: Workspace, doomed: Sequence[Doomed], yes: bool, terminal: Terminal) -> int:
    if not doomed:
        terminal.note("no record matches; nothing was removed")
        return 0
    for item in doomed[:SHOWN]:
        terminal.note(f"  {item.told}")
    if len(doomed) > SHOWN:
        terminal.note(f"  and {len(doomed) - SHOWN} more")
    trash = workspace.store.root / ".trash" / time.strftime("%Y%m%d-%H%M%S")
    if not yes and not terminal.ask(f"move {len(doomed)} folders to {trash}?"):
        terminal.error("nothing was removed; answer y, or give --yes")
        return 2
    for item in doomed:
        inside = item.path.relative_to(workspace.store.root)
        goal = trash / inside
        goal.parent.mkdir(parents=True, exist_ok=True)
        item.path.rename(goal)
    workspace.refresh()
    terminal.note(f"{len(doomed)} folders moved to {trash}")
    return 0
