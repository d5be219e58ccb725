"""Runs tasks on this machine: needed ones first, shared ones early, failures kept apart."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from core.claim import current_claim
from core.execute import Machine, Outcome
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
        """A task is done, or has failed."""

    def tick(self) -> None:
        """Time has passed."""


@dataclass
class Report:
    """What a run came to; `left` are the tasks that neither ended well nor failed."""

    done: list[Task] = field(default_factory=list)
    failed: dict[Task, Outcome] = field(default_factory=dict)
    left: list[Task] = field(default_factory=list)
    interrupted: bool = False


@dataclass(frozen=True)
class Runner:
    """Computes tasks in this process (one job) or in a pool of workers."""

    store: Store
    machine: Machine
    jobs: int = 1
    gpus: Sequence[str] = ()
    fail_fast: bool = False

    def run(self, tasks: Sequence[Task], watcher: Watcher) -> Report:
        """Compute tasks; KeyboardInterrupt ends the run with what was finished kept."""
        self.store.prepare(dict.fromkeys(task.stage.name for task in tasks))
        queue = Queue(tasks, self.store.has)
        workers = self._workers(len(tasks))
        report = Report()
        try:
            self._loop(queue, workers, shares(tasks, self.jobs), watcher, report)
        except KeyboardInterrupt:
            report.interrupted = True
        finally:
            _stop(workers)
        ended = {*report.done, *report.failed}
        report.left = [task for task in tasks if task not in ended]
        return report

    def _workers(self, tasks: int) -> Workers:
        """Start what computes; each job is bound to its GPU, in turn."""
        machine = replace(self.machine, device="cuda") if self.gpus else self.machine
        gpus = [self.gpus[i % len(self.gpus)] if self.gpus else None for i in range(self.jobs)]
        if self.jobs == 1:
            return Alone(Slot(machine, gpus[0]), self.store)
        return Pool([Slot(machine, gpu) for gpu in gpus[: max(1, tasks)]], self.store)

    def _loop(
        self,
        queue: Queue,
        workers: Workers,
        threads: Callable[[Task], int],
        watcher: Watcher,
        report: Report,
    ) -> None:
        held: dict[Task, float] = {}
        while True:
            stop = self.fail_fast and bool(report.failed)
            while not stop and workers.free() and (task := self._next(queue, held)) is not None:
                watcher.started(task)
                workers.submit(task, threads(task))
            if not workers.busy():
                if stop or not held:
                    return
                time.sleep(LOOK_AGAIN_SECONDS / 5)
            for task, outcome in workers.collect(0.25):
                if outcome.status == "held":
                    held[task] = time.monotonic()
                    continue
                watcher.ended(task, outcome)
                if outcome.status == "done":
                    report.done.append(task)
                    queue.finished(task)
                else:
                    report.failed[task] = outcome
            watcher.tick()

    def _next(self, queue: Queue, held: dict[Task, float]) -> Task | None:
        """Choose a ready task, else one that another runner had and may have let go."""
        task = queue.take()
        if task is not None:
            return task
        for other, since in held.items():
            if time.monotonic() - since >= LOOK_AGAIN_SECONDS:
                held[other] = time.monotonic()
                claim = current_claim(self.store.work(other))
                if self.store.has(other) or claim is None or not claim.alive():
                    del held[other]
                    return other
        return None


def shares(tasks: Iterable[Task], jobs: int) -> Callable[[Task], int]:
    """Share this machine's cores among the tasks of a stage that may run at once."""
    count = Counter(task.stage.name for task in tasks)
    cores = available_cores()
    return lambda task: max(1, cores // min(jobs, count[task.stage.name]))


def available_cores() -> int:
    """Count the CPU cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _stop(workers: Workers) -> None:
    """Stop the workers; a second Ctrl-C stops them at once."""
    try:
        workers.stop()
    except KeyboardInterrupt:
        workers.stop(at_once=True)
