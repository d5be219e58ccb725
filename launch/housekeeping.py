"""The actions -R, -K, -A and --compact: records removed, kept alone, copied, or folded.

What is removed goes to <results>/.trash/<time>/, from where it can be moved back.
"""

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from core import compact as compaction
from core.archive import ARCHIVE, Archive
from core.claim import WORK
from core.errors import ConfigError
from core.store import Store
from core.task import Task, Tasks
from launch.found import everything
from launch.terminal import Terminal
from launch.workspace import Workspace

SHOWN = 20
_STAGE = attrgetter("stage")


@dataclass(frozen=True)
class Doomed:
    """A task whose record or work is to be moved away, and what it is."""

    stage: str
    id: str
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
        if workspace.store.has(task) or workspace.store.work(task).is_dir():
            told = f"{task.name} {task.id} {task.setting}"
            doomed.append(Doomed(task.stage.name, task.id, told))
    return _to_trash(workspace, doomed, yes, terminal)


def keep(workspace: Workspace, tasks: Tasks, yes: bool, terminal: Terminal) -> int:
    """Move every record of the experiment that no selected setting uses to the trash."""
    doomed = []
    for stage in workspace.experiment.stages:
        scan = workspace.indexes[stage.name].scan
        left = [task_id for task_id, work in scan.work.items() if not work.running()]
        for told, ids in (("", scan.done), (" (unfinished)", left)):
            for task_id in ids:
                if task_id not in tasks.by_id:
                    doomed.append(Doomed(stage.name, task_id, f"{stage.name} {task_id}{told}"))
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
            _copy(workspace.store.path(task), part)
            part.rename(goal)
        except OSError as error:
            raise ConfigError(f"cannot copy to {goal}: {error}") from error
        copied += 1
    terminal.note(f"{copied} records copied to {target}, {present} were there already")
    return 0


def compact(workspace: Workspace, stage: str, terminal: Terminal) -> int:
    """Fold the finished records of a stage, or of all of them, into one file a stage."""
    stages = [workspace.experiment.stage(stage)] if stage != "all" else workspace.experiment.stages
    for each in stages:
        done = compaction.compact(workspace.store, each.name)
        archive = workspace.store.folder / each.name / ARCHIVE
        told = f"{each.name}: {done.records} records, {done.files} files, folded into {archive}"
        terminal.note(told if done.records else f"{each.name}: no record to fold")
        if done.in_use:
            terminal.note(f"  {done.in_use} stay folders: running tasks read them")
        if done.damaged:
            terminal.warn(f"{done.damaged} records of {each.name} are damaged, and stay folders")
    return 0


def _copy(record: Path, folder: Path) -> None:
    if record.is_dir():
        shutil.copytree(record, folder)
        return
    with Archive(record.parent) as archive:
        archive.extract(record.name, folder)


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
    if not yes and not terminal.ask(f"move {len(doomed)} records to {trash}?"):
        terminal.error("nothing was removed; answer y, or give --yes")
        return 2
    for stage, items in groupby(sorted(doomed, key=_STAGE), key=_STAGE):
        _move(workspace.store, stage, [item.id for item in items], trash)
    workspace.refresh()
    terminal.note(f"{len(doomed)} records moved to {trash}")
    return 0


def _move(store: Store, stage: str, ids: Sequence[str], trash: Path) -> None:
    """Move records of a stage, and what is left of attempts at them, to the trash."""
    with compaction.sole(store, stage) as claim:
        compaction.take_out(store, stage, ids, claim)
        for task_id in ids:
            for path in (store.folder / stage / task_id, store.folder / stage / WORK / task_id):
                goal = trash / path.relative_to(store.root)
                if path.is_dir():
                    goal.parent.mkdir(parents=True, exist_ok=True)
                    path.rename(goal)
