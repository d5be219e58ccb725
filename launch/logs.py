"""The action --log: what a task has written, now or as it comes, and its job's own output."""

import codecs
from pathlib import Path
from time import monotonic, sleep

from core.claim import WORK
from core.errors import SonoplanError, UnknownName
from core.record import is_record, open_file
from core.store import LOG_FILE, Unfinished
from launch.failures import end_of
from launch.terminal import Terminal
from launch.workspace import Workspace

LOOK_SECONDS = 0.5
# The queue is asked less often than a file is read.
ASK_SECONDS = 10.0
TAIL_LINES = 20


def show_log(workspace: Workspace, wanted: str, follow: bool, terminal: Terminal) -> None:
    """Print the log and the traceback of the task whose id begins with `wanted`.

    With `follow`, goes on until the task has ended. Raises UnknownName where no task on disk or
    in the queue has such an id, SonoplanError where several have.
    """
    stage, task_id = _find(workspace, wanted)
    record = workspace.store.folder / stage / task_id
    work = Unfinished(workspace.store.folder / stage / WORK / task_id)
    terminal.note(f"{record if is_record(record) else work.folder}")
    job = _output_of_job(workspace, task_id)
    if job is not None:
        terminal.note(f"Slurm's output of its job: {job}")
    tail = _Tail(work.folder, record)
    said = tail.more()
    terminal.write(said)
    if follow:
        said += _follow(workspace, record, work, tail, terminal)
    failure = work.failure()
    if failure:
        terminal.line(str(failure.get("traceback", "")).rstrip())
    elif not said:
        terminal.note("this task wrote nothing")
        if job is not None:
            _show_end(job, terminal)


class _Tail:
    """Reads what is new in a log, which the first of some folders that has one holds."""

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        self._read = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def more(self) -> str:
        """Give what has been written since the last call."""
        for folder in self._folders:
            try:
                with open_file(folder, LOG_FILE) as file:
                    file.seek(self._read)
                    new = file.read()
            except FileNotFoundError:
                continue
            self._read += len(new)
            return self._decoder.decode(new)
        return ""


def _follow(
    workspace: Workspace, record: Path, work: Unfinished, tail: _Tail, terminal: Terminal
) -> str:
    """Write what comes until the task is neither running nor in the queue; gives it all."""
    said = waiting = ""
    asked = monotonic()
    while True:
        done = is_record(record)
        runs = not done and work.running()
        place = workspace.look.places.get(record.name) if not (runs or done) else None
        new = tail.more()
        terminal.write(new)
        said += new
        if place is not None and place.active and place.tell() != waiting:
            waiting = place.tell()
            terminal.note(waiting)
        if not runs and (place is None or not place.active):
            return said
        sleep(LOOK_SECONDS)
        if monotonic() - asked > ASK_SECONDS:
            asked = monotonic()
            workspace.refresh()


def _find(workspace: Workspace, wanted: str) -> tuple[str, str]:
    """Find the stage and the id of the one task that begins so."""
    known = {
        task_id: entry.stage
        for entry in workspace.ledger.all()
        for tasks in entry.elements
        for task_id in tasks
    }
    for stage in workspace.experiment.stages:
        scan = workspace.store.scan(stage.name)
        known.update(dict.fromkeys([*scan.done, *scan.work], stage.name))
    found = [task_id for task_id in known if task_id.startswith(wanted)]
    if not found:
        raise UnknownName("task id (on disk)", wanted, sorted(known))
    if len(found) > 1:
        raise SonoplanError(f"{len(found)} tasks begin with {wanted!r}: {', '.join(found[:8])}")
    return known[found[0]], found[0]


def _output_of_job(workspace: Workspace, task_id: str) -> Path | None:
    """Find what the last job that had a task has written, before Python started too."""
    for entry in reversed(workspace.ledger.all()):
        for index, tasks in enumerate(entry.elements):
            if task_id in tasks:
                files = Path(entry.folder).glob(f"{entry.job or '*'}_{index}_0_log.out")
                return next(files, None)
    return None


def _show_end(job: Path, terminal: Terminal) -> None:
    for line in end_of(job).splitlines()[-TAIL_LINES:]:
        terminal.line(line)
