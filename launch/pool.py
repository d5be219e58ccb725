"""What computes tasks: warm worker processes, or this process where one job is enough."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import (
    ForkContext,
    ForkProcess,
    ForkServerContext,
    ForkServerProcess,
)
from types import FrameType
from typing import Literal, cast

from core.execute import Machine, Outcome, execute, lost
from core.stop import STOP
from core.store import Store
from core.task import Task

STOP_SECONDS = 10.0
# What Slurm sends to every process of a job; it is addressed to the runner alone.
_TO_ALL = {signal.SIGUSR2, signal.SIGTERM}


@dataclass(frozen=True)
class Slot:
    """What one worker is bound to: a GPU, or none, and what is the same for all."""

    machine: Machine
    gpu: str | None = None


@dataclass
class _Worker:
    process: ForkProcess | ForkServerProcess
    link: Connection
    slot: Slot
    task: Task | None = None


class Pool:
    """Warm worker processes; one that dies costs its task only, and is replaced.

    They are forks of a server process, or with "fork" of this one, which then must have neither
    threads nor torch: that starts them in half the time, and no other process is needed.
    """

    def __init__(
        self,
        slots: Sequence[Slot],
        store: Store,
        method: Literal["forkserver", "fork"] = "forkserver",
    ) -> None:
        self._store = store
        self._forks = method == "fork"
        self._context: ForkContext | ForkServerContext = (
            multiprocessing.get_context("fork")
            if self._forks
            else multiprocessing.get_context("forkserver")
        )
        # The server imports the engine once; each worker is a fork of it, without torch.
        self._context.set_forkserver_preload(["launch.pool"])
        self._workers: list[_Worker] = []
        for slot in slots:
            self._workers.append(self._start(slot))

    def free(self) -> int:
        """Count the workers that have nothing to do."""
        return sum(worker.task is None for worker in self._workers)

    def busy(self) -> bool:
        """Tell whether any worker has a task."""
        return self.free() < len(self._workers)

    def submit(self, task: Task, threads: int) -> None:
        """Give a task to a free worker."""
        worker = next(worker for worker in self._workers if worker.task is None)
        worker.task = task  # before it is sent: `stop` then knows whom to interrupt
        try:
            worker.link.send((task, threads))
        except ConnectionError:  # it died while it had nothing to do
            self._replace(worker)
            worker.link.send((task, threads))

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
                outcome = self._died(worker, task)
            if outcome.status == "stopped":  # it was asked to stop, and would begin nothing more
                self._replace(worker)
            worker.task = None
            ended.append((task, outcome))
        return ended

    def ask_to_stop(self) -> None:
        """Ask the workers to stop: stages see `output.stopping`, and no other task is begun.

        Those that have nothing to do are asked as well, for a task may be on its way to them.
        """
        for worker in self._workers:
            _send(worker, signal.SIGUSR2)

    def soft_stop(self, grace: float) -> None:
        """Ask the workers to stop, and after `grace` seconds interrupt those that still compute.

        May be called from a signal handler amid any other method, which must not go on then: it
        trusts no bookkeeping, for a worker that is hung up on leaves when its task has ended.
        """
        self.ask_to_stop()
        for worker in self._workers:
            worker.link.close()
        _join(self._workers, grace)
        self.stop()

    def stop(self, at_once: bool = False) -> None:
        """End all workers; those that compute are interrupted and keep their checkpoints."""
        for worker in self._workers:
            if worker.task is not None:
                _send(worker, signal.SIGKILL if at_once else signal.SIGUSR1)
            worker.link.close()
        _join(self._workers, STOP_SECONDS)
        for worker in self._workers:
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()

    def _start(self, slot: Slot) -> _Worker:
        here, there = self._context.Pipe()
        inherited = [here, *(worker.link for worker in self._workers)] if self._forks else []
        process = self._context.Process(
            target=_work, args=(there, self._store, slot, inherited), name="sonoplan-worker"
        )
        with _held_back():
            process.start()
        there.close()
        return _Worker(process, here, slot)

    def _replace(self, worker: _Worker) -> None:
        worker.link.close()
        fresh = self._start(worker.slot)
        worker.process, worker.link = fresh.process, fresh.link

    def _died(self, worker: _Worker, task: Task) -> Outcome:
        """Replace a worker that died, and tell whether its task may be tried again."""
        worker.process.join()
        code = worker.process.exitcode or 0
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
        self._replace(worker)
        if code == -signal.SIGKILL:
            hint = "the kernel does this when memory runs out"
            return Outcome("killed", error=f"its worker died: {how} ({hint})")
        return lost(task, self._store, f"its worker died: {how}")


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


def _work(link: Connection, store: Store, slot: Slot, inherited: Sequence[Connection]) -> None:
    """Serve tasks until the runner hangs up; runs in the worker process.

    `inherited` are the runner's ends, which a fork has too: nobody would hear it hang up.
    """
    for other in inherited:
        other.close()
    # Ctrl-C reaches the whole process group, and Slurm's TERM the whole job; only the runner
    # decides what they mean, and says so with USR1. Outside a job, where workers are no forks,
    # TERM ends the runner: a worker must not go on without it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave_to_runner if inherited else _interrupt)
    signal.signal(signal.SIGUSR1, _interrupt)
    signal.signal(signal.SIGUSR2, _ask_to_stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _TO_ALL)
    bind(slot)
    with link, suppress(EOFError, ConnectionError, KeyboardInterrupt):
        while True:
            task, threads = link.recv()
            link.send(execute(task, store, replace(slot.machine, threads=threads)))


def bind(slot: Slot) -> None:
    """Show this process its GPU only; CUDA reads the variable when torch is first imported."""
    if slot.gpu is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = slot.gpu


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _leave_to_runner(_number: int, _frame: FrameType | None) -> None:
    """Do nothing. Unlike SIG_IGN this does not hold for programs that a task starts."""


def _ask_to_stop(_number: int, _frame: FrameType | None) -> None:
    STOP.ask()


@contextmanager
def _held_back() -> Iterator[None]:
    """Block what goes to all for what is started meanwhile, the forkserver above all.

    The default of these signals is death. Blocked they disturb nobody: a worker lets them in when
    its handlers stand, and here they come through afterwards.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _TO_ALL)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _send(worker: _Worker, what: signal.Signals) -> None:
    if worker.process.pid and worker.process.is_alive():
        with suppress(ProcessLookupError):
            os.kill(worker.process.pid, what)


def _join(workers: Iterable[_Worker], seconds: float) -> None:
    """Wait for workers to leave, at most `seconds` in all."""
    deadline = time.monotonic() + seconds
    for worker in workers:
        worker.process.join(max(0.0, deadline - time.monotonic()))
