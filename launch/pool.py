"""What computes tasks: warm worker processes, or this process where one job is enough."""

import multiprocessing
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from types import FrameType
from typing import cast

from core.execute import Machine, Outcome, execute
from core.store import Store
from core.task import Task

STOP_SECONDS = 10.0


@dataclass(frozen=True)
class Slot:
    """What one worker is bound to: a GPU, or none, and what is the same for all."""

    machine: Machine
    gpu: str | None = None


@dataclass
class _Worker:
    process: ForkServerProcess
    link: Connection
    slot: Slot
    task: Task | None = None


class Pool:
    """Warm worker processes; one that dies costs its task only, and is replaced."""

    def __init__(self, slots: Sequence[Slot], store: Store) -> None:
        self._store = store
        self._context = multiprocessing.get_context("forkserver")
        # The server imports the engine once; each worker is a fork of it, without torch.
        self._context.set_forkserver_preload(["launch.pool"])
        self._workers = [self._start(slot) for slot in slots]

    def free(self) -> int:
        """Count the workers that have nothing to do."""
        return sum(worker.task is None for worker in self._workers)

    def busy(self) -> bool:
        """Tell whether any worker has a task."""
        return self.free() < len(self._workers)

    def submit(self, task: Task, threads: int) -> None:
        """Give a task to a free worker."""
        worker = next(worker for worker in self._workers if worker.task is None)
        try:
            worker.link.send((task, threads))
        except ConnectionError:  # it died while it had nothing to do
            self._replace(worker)
            worker.link.send((task, threads))
        worker.task = task

    def collect(self, timeout: float) -> list[tuple[Task, Outcome]]:
        """Wait for tasks to end, at most `timeout` seconds."""
        busy = {worker.link: worker for worker in self._workers if worker.task is not None}
        ended = []
        for link in wait(list(busy), timeout):
            worker = busy[cast(Connection, link)]
            task = cast(Task, worker.task)
            try:
                outcome = cast(Outcome, worker.link.recv())
            except (EOFError, ConnectionError):
                outcome = self._died(worker)
            worker.task = None
            ended.append((task, outcome))
        return ended

    def stop(self, at_once: bool = False) -> None:
        """End all workers; those that compute are interrupted and keep their checkpoints."""
        for worker in self._workers:
            if worker.task is not None and worker.process.pid:
                worker.process.kill() if at_once else worker.process.terminate()
            worker.link.close()
        deadline = time.monotonic() + STOP_SECONDS
        for worker in self._workers:
            worker.process.join(max(0.0, deadline - time.monotonic()))
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()

    def _start(self, slot: Slot) -> _Worker:
        here, there = self._context.Pipe()
        process = self._context.Process(
            target=_work, args=(there, self._store, slot), name="sonoplan-worker"
        )
        process.start()
        there.close()
        return _Worker(process, here, slot)

    def _replace(self, worker: _Worker) -> None:
        fresh = self._start(worker.slot)
        worker.process, worker.link = fresh.process, fresh.link

    def _died(self, worker: _Worker) -> Outcome:
        """Replace a worker that was killed, by the kernel for its memory or by hand."""
        worker.process.join()
        code = worker.process.exitcode or 0
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
        hint = " (the kernel does this when memory runs out)" if code == -signal.SIGKILL else ""
        self._replace(worker)
        return Outcome("failed", error=f"its worker died: {how}{hint}")


class Alone:
    """Computes one task at a time in this process."""

    def __init__(self, slot: Slot, store: Store) -> None:
        bind(slot)
        self._machine = slot.machine
        self._store = store
        self._next: tuple[Task, int] | None = None

    def free(self) -> int:
        """One, unless a task waits to be computed."""
        return int(self._next is None)

    def busy(self) -> bool:
        """Tell whether a task waits to be computed."""
        return self._next is not None

    def submit(self, task: Task, threads: int) -> None:
        """Take a task; `collect` computes it."""
        self._next = (task, threads)

    def collect(self, timeout: float) -> list[tuple[Task, Outcome]]:
        """Compute the task that waits, however long it takes."""
        if self._next is None:
            return []
        task, threads = self._next
        self._next = None
        machine = replace(self._machine, threads=threads)
        return [(task, execute(task, self._store, machine))]

    def stop(self, at_once: bool = False) -> None:
        """Nothing runs between two calls of `collect`."""
        self._next = None


def _work(link: Connection, store: Store, slot: Slot) -> None:
    """Serve tasks until the runner hangs up; runs in the worker process."""
    # Ctrl-C reaches the whole process group; only the runner decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _interrupt)
    bind(slot)
    try:
        while True:
            task, threads = link.recv()
            link.send(execute(task, store, replace(slot.machine, threads=threads)))
    except (EOFError, ConnectionError, KeyboardInterrupt):
        return


def bind(slot: Slot) -> None:
    """Show this process its GPU only; CUDA reads the variable when torch is first imported."""
    if slot.gpu is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = slot.gpu


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
