"""Runs tasks on this machine: needed ones first, shared ones early, failures kept apart."""

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from core.claim import current_claim
from core.execute import Machine, Outcome, lost
from core.store import Store
from core.task import Task
from launch.pool import Alone, Pool, Slot
from launch.schedule import Queue

# How long to wait before looking again at tasks that another runner has.
LOOK_AGAIN_SECONDS = 1.0


class Workers(Protocol):
    """What computes tasks: this process alone, or a pool."""

    def free(self) -> int:
        """Count the tasks that could be taken now."""

    def busy(self) -> bool:
        """Tell whether a task was taken and has not been collected."""

    def submit(self, task: Task, threads: int) -> None:
        """Take a task."""

    def collect(self, timeout: float) -> list[tuple[Task, Outcome]]:
        """Give tasks that have ended, after at most `timeout` seconds."""

    def stop(self, at_once: bool = False) -> None:
        """Interrupt what still computes."""


class Watcher(Protocol):
    """Is told what happens."""

    def started(self, task: Task) -> None:
        """A task was given to a worker."""

    def ended(self, task: Task, outcome: Outcome) -> None:
        """A task is done, has failed or was stopped, or was killed and will be tried again."""

    def tick(self) -> None:
        """Time has passed."""


@dataclass
class Report:
    """What a run came to; `left` are the tasks that neither ended well nor failed."""

    done: list[Task] = field(default_factory=list)
    failed: dict[Task, Outcome] = field(default_factory=dict)
    left: list[Task] = field(default_factory=list)
    interrupted: bool = False


@dataclass
class Runner:
    """Computes tasks in this process (one job) or in a pool of workers.

    With `apart` one job has a worker too, which imports the code of its stages afresh. So it has
    with `isolated`, to free this process to take signals; workers are forks of it then, and it must
    have neither threads nor torch.
    """

    store: Store
    machine: Machine
    jobs: int = 1
    gpus: Sequence[str] = ()
    fail_fast: bool = False
    isolated: bool = False
    apart: bool = False
    _pool: Pool | None = field(default=None, init=False, repr=False)

    def run(self, tasks: Sequence[Task], watcher: Watcher) -> Report:
        """Compute tasks; KeyboardInterrupt ends the run with what was finished kept."""
        self.store.prepare(dict.fromkeys(task.stage.name for task in tasks))
        run = _Run(self.store, tasks, shares(tasks, self.jobs), watcher)
        workers = self._workers(len(tasks))
        try:
            run.work_through(workers, self.fail_fast)
        except KeyboardInterrupt:
            run.report.interrupted = True
        finally:
            _stop(workers)
        ended = {*run.report.done, *run.report.failed}
        run.report.left = [task for task in tasks if task not in ended]
        return run.report

    def soft_stop(self, grace: float) -> None:
        """Stop amid `run`, called by a signal handler that then ends this process.

        What is computed saves itself and ends; what does not within `grace` seconds is
        interrupted. A task in this process itself (one job, not `isolated`) cannot be stopped so.
        """
        if self._pool is not None:
            self._pool.soft_stop(grace)

    def _workers(self, tasks: int) -> Workers:
        """Start what computes; each job is bound to its GPU, in turn."""
        machine = replace(self.machine, device="cuda") if self.gpus else self.machine
        gpus = [self.gpus[i % len(self.gpus)] if self.gpus else None for i in range(self.jobs)]
        if self.jobs == 1 and not (self.isolated or self.apart):
            return Alone(Slot(machine, gpus[0]), self.store)
        slots = [Slot(machine, gpu) for gpu in gpus[: max(1, tasks)]]
        self._pool = Pool(slots, self.store, "fork" if self.isolated else "forkserver")
        return self._pool


class _Run:
    """One run: which tasks wait for what, and what follows from how they end."""

    def __init__(
        self,
        store: Store,
        tasks: Sequence[Task],
        threads: Callable[[Task], int],
        watcher: Watcher,
    ) -> None:
        self.report = Report()
        self._store = store
        self._queue = Queue(tasks, store.has)
        self._threads = threads
        self._watcher = watcher
        self._held: dict[Task, float] = {}
        # Tasks whose worker was killed, each to be tried once more with nothing beside it.
        self._again: list[Task] = []
        self._retried: set[Task] = set()
        self._alone: Task | None = None

    def work_through(self, workers: Workers, fail_fast: bool) -> None:
        """Compute all that can be, or until the first failure."""
        while True:
            stop = fail_fast and bool(self.report.failed)
            while not stop and workers.free() and (task := self._next(workers.busy())) is not None:
                self._queue.began(task)
                self._watcher.started(task)
                workers.submit(task, self._threads(task))
            if not workers.busy():
                if stop or not self._held:
                    return
                time.sleep(LOOK_AGAIN_SECONDS / 5)
            for task, outcome in workers.collect(0.25):
                self._queue.ended(task, outcome.seconds)
                self._ended(task, outcome)
            self._watcher.tick()

    def _next(self, busy: bool) -> Task | None:
        """Choose a task, if one may start now."""
        if self._alone is not None:
            return None
        if self._again:
            if not busy:
                self._alone = self._again.pop(0)
            return self._alone
        return self._queue.take() or self._let_go()

    def _let_go(self) -> Task | None:
        """Choose a task that another runner had and may have let go."""
        for task, since in self._held.items():
            if time.monotonic() - since >= LOOK_AGAIN_SECONDS:
                self._held[task] = time.monotonic()
                claim = current_claim(self._store.work(task))
                if self._store.has(task) or claim is None or not claim.alive():
                    del self._held[task]
                    return task
        return None

    def _ended(self, task: Task, outcome: Outcome) -> None:
        if task == self._alone:
            self._alone = None
        if outcome.status == "killed" and task in self._retried:
            outcome = lost(task, self._store, f"{outcome.error}, also with nothing beside it")
        if outcome.status == "held":
            self._held[task] = time.monotonic()
            return
        self._watcher.ended(task, outcome)
        if outcome.status == "done":
            self.report.done.append(task)
            self._queue.finished(task)
        elif outcome.status == "failed":
            self.report.failed[task] = outcome
        elif outcome.status == "killed":
            self._retried.add(task)
            self._again.append(task)


def shares(tasks: Iterable[Task], jobs: int) -> Callable[[Task], int]:
    """Share this machine's cores among the tasks of a stage that may run at once."""
    count = Counter(task.stage.name for task in tasks)
    cores = available_cores()
    return lambda task: max(1, cores // min(jobs, count[task.stage.name]))


def available_cores() -> int:
    """Count the CPU cores this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    # Not every cluster confines a job to what it was given.
    given = os.environ.get("SLURM_CPUS_PER_TASK", "")
    return max(1, min(cores or 1, int(given) if given.isdigit() else sys.maxsize))


def _stop(workers: Workers) -> None:
    """Stop the workers; a second Ctrl-C stops them at once."""
    try:
        workers.stop()
    except KeyboardInterrupt:
        workers.stop(at_once=True)
