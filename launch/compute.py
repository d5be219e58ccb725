"""The action -c: which tasks are to do, why, and running them here."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.execute import Machine
from core.fingerprint import DataFolder
from core.provenance import code_version
from core.stage import Stage
from core.status import Status
from core.task import Task, Tasks
from launch.events import EventFile
from launch.failures import tell_failures
from launch.runner import Report, Runner, available_cores
from launch.terminal import Terminal
from launch.watch import Watch
from launch.workspace import Workspace

# The exit status that shells give to what Ctrl-C ended.
INTERRUPTED = 130


@dataclass(frozen=True)
class Wishes:
    """What is asked of a run; with `apart` no task is computed in this process."""

    jobs: int | None = None
    gpus: Sequence[str] | None = None
    jobs_per_gpu: int = 1
    fail_fast: bool = False
    skip_failed: bool = False
    only_failed: bool = False
    bar: bool = False
    lines: bool = True
    apart: bool = False


def to_do(tasks: Tasks, status: Status, wishes: Wishes) -> list[Task]:
    """Choose what is to be computed and in no queue, needed tasks first."""
    chosen = [task for task in tasks if status.of(task) not in ("done", "damaged")]
    if wishes.only_failed:
        # A task whose runner was killed has left no failure, but failed it has.
        chosen = _with_needs([t for t in chosen if status.of(t) in ("failed", "stale")], status)
    if wishes.skip_failed:
        chosen = [task for task in chosen if status.of(task) != "failed"]
    return [task for task in chosen if not status.elsewhere(task)]


def startable(tasks: Sequence[Task], status: Status) -> list[Task]:
    """Leave out what needs a task that a queue has: that one is computed there first."""
    after: set[str] = set()
    for task in tasks:
        if any(need.id in after or status.elsewhere(need) for need in task.needs.values()):
            after.add(task.id)
    return [task for task in tasks if task.id not in after]


def compute(workspace: Workspace, tasks: Tasks, wishes: Wishes, terminal: Terminal) -> int:
    """Compute what is to do; gives the exit status: 0, 1 where a task failed, 130 when stopped."""
    status = workspace.status(tasks)
    _warn_of_damage(tasks, status, terminal)
    data = workspace.data_folders(tasks, status)
    for stage in workspace.experiment.stages:
        workspace.store.sweep(stage.name)
    chosen = startable(to_do(tasks, status, wishes), status)
    _tell_queued(workspace, tasks, status, terminal)
    done = sum(status.of(task) == "done" for task in tasks)
    if not chosen:
        terminal.note(f"nothing to compute: {done} tasks are done")
        return 0
    machine = machine_of(workspace, data)
    gpus = _gpus(wishes) if any(t.stage.resources.gpus for t in chosen) else []
    jobs = wishes.jobs or _jobs(chosen, gpus, wishes)
    where = f"GPU {', '.join(gpus)}" if gpus else "CPU"
    terminal.note(f"{len(chosen)} tasks to compute, {done} done; {_several(jobs)} on {where}")
    runner = Runner(workspace.store, machine, jobs, gpus, wishes.fail_fast, apart=wishes.apart)
    with Watch(terminal, workspace.store, chosen, wishes.bar, wishes.lines) as watch:
        report = runner.run(chosen, watch)
    workspace.refresh()
    return _conclude(workspace, report, terminal)


def machine_of(workspace: Workspace, data: Mapping[str, DataFolder]) -> Machine:
    """Gather what every task of a run is given."""
    return Machine(
        data=data,
        models=workspace.config.models,
        replicates=frozenset(workspace.experiment.replicates),
        code=code_version(),
        events=EventFile,
    )


def at_once(stage: Stage, wishes: Wishes) -> int:
    """Tell how many tasks of a stage run at once on this machine."""
    gpus = _gpus(wishes) if stage.resources.gpus else []
    return wishes.jobs or len(gpus) * wishes.jobs_per_gpu or _fitting(stage)


def dry_run(workspace: Workspace, tasks: Tasks, wishes: Wishes, terminal: Terminal) -> None:
    """Say what a run would compute, and why."""
    status = workspace.status(tasks)
    chosen = startable(to_do(tasks, status, wishes), status)
    _tell_queued(workspace, tasks, status, terminal)
    for task in chosen:
        terminal.line(f"{task.name} {task.id} {status.reason(task)}: {task.setting}")
    terminal.note(f"{len(chosen)} tasks would be computed")


def _with_needs(failed: Sequence[Task], status: Status) -> list[Task]:
    """Add what failed tasks need and is not done."""
    found: dict[str, Task] = {}

    def add(task: Task) -> None:
        for need in task.needs.values():
            if status.of(need) != "done":
                add(need)
        found.setdefault(task.id, task)

    for task in failed:
        add(task)
    return list(found.values())


def _warn_of_damage(tasks: Tasks, status: Status, terminal: Terminal) -> None:
    for task in tasks:
        if status.of(task) == "damaged":
            terminal.warn(status.indexes[task.stage.name].entries[task.id].damaged)


def _tell_queued(workspace: Workspace, tasks: Tasks, status: Status, terminal: Terminal) -> None:
    queued = sum(status.elsewhere(task) for task in tasks)
    if queued:
        name = workspace.experiment.name
        terminal.note(
            f"{queued} tasks are left to Slurm, which has them, and with them what needs them; "
            f"to take them back: sonoplan {name} --cancel SELECTOR"
        )


def _gpus(wishes: Wishes) -> list[str]:
    """Find the GPUs to use, without importing torch."""
    if wishes.gpus is not None:
        return [gpu for gpu in wishes.gpus if gpu != "none"]
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        return [gpu for gpu in visible.split(",") if gpu and gpu != "-1"]
    return [str(i) for i, _ in enumerate(Path("/proc/driver/nvidia/gpus").glob("*"))]


def _jobs(chosen: Sequence[Task], gpus: Sequence[str], wishes: Wishes) -> int:
    """Choose a number of jobs: by GPU, else as many as this machine's cores and memory hold."""
    if gpus:
        return len(gpus) * wishes.jobs_per_gpu
    most = Counter(task.stage for task in chosen).most_common(1)[0][0]
    return min(_fitting(most), len(chosen))


def _fitting(stage: Stage) -> int:
    """Count the tasks of a stage that this machine's cores and memory hold."""
    asked = stage.resources
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return max(1, min(available_cores() // asked.cpus, int(memory_gb // asked.memory_gb)))


def _several(jobs: int) -> str:
    return "1 job" if jobs == 1 else f"{jobs} jobs"


def _conclude(workspace: Workspace, report: Report, terminal: Terminal) -> int:
    terminal.note(
        f"{len(report.done)} done, {len(report.failed)} failed"
        + (f", {len(report.left)} left" if report.left else "")
    )
    if report.failed:
        tell_failures(workspace, report.failed, terminal)
    if report.interrupted:
        terminal.note("stopped; what was finished is kept, and the same command goes on from there")
        return INTERRUPTED
    return 1 if report.failed else 0
