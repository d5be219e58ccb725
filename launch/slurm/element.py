"""What a job computes: the tasks of one element of an array, side by side."""

import logging
import os
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from types import FrameType
from typing import TYPE_CHECKING

from core.errors import SonoplanError
from core.execute import Machine, Outcome
from core.store import Store
from core.task import Task
from launch.runner import Report, Runner

if TYPE_CHECKING:
    from submitit.helpers import DelayedSubmission

# Slurm kills a job that it has told to end long before this.
LAST_SECONDS = 600.0

_log = logging.getLogger(__name__)


class TasksFailed(SonoplanError, RuntimeError):
    """Some tasks of a job failed; their tracebacks are kept with the tasks."""


@dataclass
class Element:
    """The jobs of an array; which one this is, Slurm says in SLURM_ARRAY_TASK_ID.

    Attributes
    ----------
    elements:
        The tasks of each job of the array.
    grace:
        Seconds that tasks have to save their state when the job is told to end.
    requeues:
        How often such a job starts again.
    """

    elements: tuple[tuple[Task, ...], ...]
    store: Store
    machine: Machine
    grace: float = 60.0
    requeues: int = 20
    _runner: Runner | None = field(default=None, init=False, repr=False, compare=False)

    def __call__(self) -> None:
        """Compute the tasks that are not done; raises TasksFailed where some failed."""
        _write_log()
        signal.signal(signal.SIGTERM, self._end)
        tasks = self.elements[int(os.environ.get("SLURM_ARRAY_TASK_ID", 0))]
        if restarts := _restarts():
            _log.info("start number %d of this job: what is done is not done again", restarts + 1)
        self._runner = Runner(
            self.store, self.machine, jobs=len(tasks), gpus=_gpus(tasks), isolated=True
        )
        report = self._runner.run(tasks, _Diary())
        _tell_left(report, self.store)
        if report.failed:
            raise TasksFailed(_told(report.failed))

    def checkpoint(self) -> "DelayedSubmission | None":
        """Let the tasks save their state; gives what the job computes when it starts again.

        submitit calls it when Slurm says that the job is about to end, and requeues the job
        unless the answer is None.
        """
        from submitit.helpers import DelayedSubmission

        self._save()
        if _restarts() >= self.requeues:
            _log.info(
                "not requeued: started %d times, and the profile says requeues = %d; "
                "what is not done is to do again, from its checkpoint",
                _restarts() + 1,
                self.requeues,
            )
            return None
        return DelayedSubmission(replace(self))

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        """Save, and wait for the end, since TERM does not say what follows.

        A cancelled job is killed. One that makes way for another is killed and requeued, after
        USR2 on some clusters; were it to end by itself before, it would count as done.
        """
        self._save()
        time.sleep(LAST_SECONDS)
        sys.exit("told to end, and not ended")

    def _save(self) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough
        if self._runner is not None:
            _log.info("about to be ended: the tasks have %g s to save their state", self.grace)
            self._runner.soft_stop(self.grace)


class _Diary:
    """Tells the job's log of tasks that start and end."""

    def started(self, task: Task) -> None:
        _log.info("%s %s starts: %s", task.name, task.id, task.setting)

    def ended(self, task: Task, outcome: Outcome) -> None:
        said = f": {outcome.error}" if outcome.error else f" after {outcome.seconds:.1f} s"
        _log.info("%s %s %s%s", task.name, task.id, outcome.status, said)

    def tick(self) -> None:
        """Nothing is shown while tasks run."""


def _tell_left(report: Report, store: Store) -> None:
    """Say why tasks were not computed."""
    for task in report.left:
        missing = [name for name, need in task.needs.items() if not store.has(need)]
        why = f"needs {', '.join(missing)}, which is not done" if missing else "stopped"
        _log.info("%s %s is left: %s", task.name, task.id, why)


def _told(failed: dict[Task, Outcome]) -> str:
    stages = Counter(task.stage.name for task in failed)
    counted = ", ".join(f"{count} of {stage}" for stage, count in stages.items())
    each = "; ".join(f"{task.id}: {outcome.error}" for task, outcome in failed.items())
    return f"tasks failed ({counted}): {each}"


def _gpus(tasks: tuple[Task, ...]) -> list[str]:
    """Give the GPUs that Slurm gave this job, where its tasks use any."""
    given = os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")
    used = any(task.stage.resources.gpus for task in tasks)
    return [gpu for gpu in given if gpu not in ("", "-1", "NoDevFiles")] if used else []


def _restarts() -> int:
    return int(os.environ.get("SLURM_RESTART_COUNT", 0))


def _write_log() -> None:
    """Write what is told to the job's log, beside submitit's own lines."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("sonoplan (%(asctime)s) - %(message)s"))
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)
