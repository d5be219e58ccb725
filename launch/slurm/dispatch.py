"""The action `-c --slurm`: what is to do and not queued yet, frozen, cut into arrays, submitted."""

import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.errors import ConfigError
from core.stage import Stage
from core.task import Tasks
from launch.compute import Wishes, machine_of
from launch.slurm.arrays import Array, arrays
from launch.slurm.choice import Choice, choose
from launch.slurm.command import SlurmError, call, installed
from launch.slurm.frozen import code_name, freeze
from launch.slurm.ledger import Ledger, Submitted
from launch.slurm.submission import Order, Sender, SubmissionError
from launch.terminal import Terminal
from launch.workspace import Workspace

# A job may still be writing its last lines when its records are there.
SETTLED_SECONDS = 300.0


def submit(
    workspace: Workspace, tasks: Tasks, wishes: Wishes, order: Order, terminal: Terminal
) -> int:
    """Submit what is to do and not queued; gives the exit status.

    One submitter at a time: a second one waits for the first, and then finds its tasks queued.
    Raises SlurmError where the queue cannot be seen, SubmissionError where Slurm refuses.
    """
    if not installed():
        raise ConfigError("Slurm is not installed on this machine: there is no sbatch on PATH")
    ledger = workspace.ledger
    with ledger.locked():
        workspace.refresh()
        status = workspace.status(tasks)
        if workspace.look.error:
            raise SlurmError(f"{workspace.look.error}; nothing was submitted")
        choice = choose(tasks, status, workspace.look, wishes)
        for line in choice.left_out():
            terminal.note(line)
        if not choice.tasks:
            terminal.note("nothing to submit")
            return 0
        cluster = _controller()
        cut = _cut(choice, order, cluster)
        machine = machine_of(workspace, workspace.data_folders(tasks, status))
        workspace.store.prepare(array.stage.name for array in cut)
        code = freeze(ledger.folder / "code")
        _sweep(ledger, workspace, choice, code)
        sender = Sender(
            workspace.store, machine, ledger, order, code, cluster.get("ClusterName", "")
        )
        _send(cut, sender, terminal)
    workspace.refresh()
    terminal.note(f"how it goes: sonoplan {workspace.experiment.name} --status, or --watch")
    return 0


def dry_run(
    workspace: Workspace, tasks: Tasks, wishes: Wishes, order: Order, terminal: Terminal
) -> None:
    """Show each array's script, and the tasks of each of its jobs; nothing is submitted."""
    status = workspace.status(tasks)
    choice = choose(tasks, status, workspace.look, wishes)
    code = workspace.ledger.folder / "code" / code_name()
    sender = Sender(workspace.store, machine_of(workspace, {}), workspace.ledger, order, code)
    cut = _cut(choice, order, _controller() if installed() else {})
    for number, array in enumerate(cut):
        after = [*(f"JOB_OF_ARRAY_{place}" for place in array.after), *array.after_jobs]
        terminal.line(f"# array {number}: stage {array.stage.name}, {len(array.elements)} jobs")
        terminal.line(sender.script(array, sender.entry(array), after))
        for index, element in enumerate(array.elements):
            for task in element:
                told = f"{task.name} {task.id} {status.reason(task)}: {task.setting}"
                terminal.line(f"# {number}[{index}] {told}")
    for line in choice.left_out():
        terminal.note(line)
    terminal.note(f"{len(choice.tasks)} tasks would be submitted in {len(cut)} arrays")


def _cut(choice: Choice, order: Order, cluster: Mapping[str, str]) -> list[Array]:
    """Make arrays of at most what the cluster and the profile allow."""
    largest = int(cluster.get("MaxArraySize", 0)) - 1
    options = {task.stage: order.options(task.stage) for task in choice.tasks}

    def limit(stage: Stage) -> int:
        own = options[stage].array_limit
        return min(own, largest) if largest > 0 else own

    bounded = any(asked.parallel for asked in options.values())
    return arrays(choice.tasks, limit, order.pack, choice.jobs, in_turn=bounded)


def _send(cut: Sequence[Array], sender: Sender, terminal: Terminal) -> None:
    """Submit array by array; where Slurm refuses one, those before it stay submitted."""
    sent: list[Submitted] = []
    for array in cut:
        after = [*(str(sent[place].job) for place in array.after), *array.after_jobs]
        try:
            sent.append(sender.send(array, after))
        except SubmissionError as error:
            kept = ", ".join(f"{entry.stage} (job {entry.job})" for entry in sent) or "nothing"
            raise SubmissionError(f"{error}; submitted before, and kept: {kept}") from error
        count = f"{len(array.tasks)} tasks in {len(array.elements)} jobs"
        terminal.line(f"job {sent[-1].job}: stage {array.stage.name}, {count}")


def _controller() -> dict[str, str]:
    """Read the cluster's configuration; empty where it does not tell."""
    try:
        lines = call("scontrol", "show", "config").splitlines()
    except SlurmError:
        return {}
    pairs = (line.partition("=") for line in lines)
    return {key.strip(): value.strip() for key, _, value in pairs}


def _sweep(ledger: Ledger, workspace: Workspace, choice: Choice, code: Path) -> None:
    """Forget arrays of which nothing is waited for, with their pickles and logs, and old code."""
    settled = {task for index in workspace.indexes.values() for task in index.scan.done}
    settled |= {task.id for task in choice.tasks}
    used = {code.name}
    for entry in ledger.all():
        waited_for = any(task not in settled for tasks in entry.elements for task in tasks)
        if waited_for or time.time() - ledger.seen(entry) < SETTLED_SECONDS:
            used.add(entry.code)
        else:
            ledger.remove(entry.token)
            shutil.rmtree(entry.folder, ignore_errors=True)
    for folder in code.parent.iterdir():
        if folder.name not in used:
            shutil.rmtree(folder, ignore_errors=True)
