"""Faults: each is inflicted when its context is entered, gives the tasks it hit, and then ends."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from signal import SIGCONT, SIGINT, SIGKILL, SIGSTOP, SIGTERM, Signals
from typing import TypeAlias

from soaking.processes import Call
from soaking.scene import SILENCE, Scene, judge, shift

Hit: TypeAlias = Iterable[str]
Fault: TypeAlias = Callable[[Scene], AbstractContextManager[Hit]]
BLOCK = 1 << 20
WIPED = 4096  # bytes: a block of a file system


def _chosen(scene: Scene) -> Call:
    return scene.rng.choice(scene.live() or scene.runners)


def _sent(what: Signals, whom: Callable[[Call], list[int]]) -> Fault:
    """Make the fault of a signal to some processes of a runner: all of its tasks are hit."""

    @contextmanager
    def fault(scene: Scene) -> Iterator[Hit]:
        call = _chosen(scene)
        held = scene.held(call)
        call.send(what, whom(call))
        yield held

    return fault


@contextmanager
def worker_killed(scene: Scene) -> Iterator[Hit]:
    """Kill a worker, as the kernel does when memory runs out."""
    call = _chosen(scene)
    chosen = call.workers()
    killed = [scene.rng.choice(chosen)] if chosen else []
    held = scene.held(call, killed)
    call.send(SIGKILL, killed)
    yield held


@contextmanager
def stopped(scene: Scene) -> Iterator[Hit]:
    """Stop all of a runner for a while; another machine's long enough to be thought dead."""
    call = _chosen(scene)
    held = scene.held(call)
    pids = call.pids()
    call.send(SIGSTOP, pids)
    if call.elsewhere:
        scene.doubted |= {*held}
        for claim in held.values():
            shift(claim, -SILENCE)
    yield held
    call.send(SIGCONT, pids)


@contextmanager
def disk_full(scene: Scene) -> Iterator[Hit]:
    """Fill the disk to the last byte, for a while."""
    ballast = scene.place.disk / "ballast"
    held = {task_id for call in scene.live() for task_id in scene.held(call)}
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(BLOCK)) == BLOCK:
            pass
        while file.write(b"0"):
            pass
    yield held
    ballast.unlink()


@contextmanager
def record_damaged(scene: Scene) -> Iterator[Hit]:
    """Cut, wipe or remove a file of a finished record."""
    loose = [task_id for task_id in scene.done() if not scene.archived(task_id)]
    if not loose:
        yield ()
        return
    task_id = scene.rng.choice(loose)
    folder = scene.place.results / scene.key(task_id)
    files = sorted([*folder.glob("*.np[yz]"), folder / "record.json"])
    _damage(scene, scene.rng.choice(files))
    scene.damaged.add(scene.key(task_id))
    yield [task_id]


@contextmanager
def checkpoint_damaged(scene: Scene) -> Iterator[Hit]:
    """Damage what a task would continue from, and kill its worker."""
    scene.await_checkpoint()
    call = _chosen(scene)
    folders = {i: claim.path.with_name("checkpoint") for i, claim in scene.held(call).items()}
    saved = {i: path for i, folder in folders.items() for path in folder.glob("*.pt")}
    if saved:
        call.send(SIGKILL, call.pids())
    for path in saved.values():
        _damage(scene, path)
    yield saved


@contextmanager
def claim_damaged(scene: Scene) -> Iterator[Hit]:
    """Empty a claim, or cut it short."""
    claims = {task_id: c for call in scene.live() for task_id, c in scene.held(call).items()}
    if not claims:
        yield ()
        return
    task_id = scene.rng.choice(sorted(claims))
    scene.doubted.add(task_id)
    with suppress(FileNotFoundError):
        os.truncate(claims[task_id].path, scene.rng.choice([0, 30]))
    yield [task_id]


@contextmanager
def claims_shifted(scene: Scene) -> Iterator[Hit]:
    """Give heartbeats times of the past or the future, as a jump of the server's clock does."""
    seconds = scene.rng.choice([-SILENCE, 100 * SILENCE])
    held = {task_id: c for call in scene.live() for task_id, c in scene.held(call).items()}
    scene.doubted |= {*held}
    for claim in held.values():
        shift(claim, seconds)
    yield held


@contextmanager
def cache_damaged(scene: Scene) -> Iterator[Hit]:
    """Damage or remove files of the cache."""
    for path in sorted(scene.place.cache.rglob("*.json")):
        with suppress(FileNotFoundError):
            scene.rng.choice([_cut, _wipe, _emptied, _removed])(scene, path)
    yield ()


@contextmanager
def progress_damaged(scene: Scene) -> Iterator[Hit]:
    """Empty or cut what running tasks say of their progress."""
    held = {task_id: c for call in scene.live() for task_id, c in scene.held(call).items()}
    for claim in held.values():
        with suppress(FileNotFoundError):
            os.truncate(claim.path.with_name("progress.json"), scene.rng.choice([0, 9]))
    yield held


@contextmanager
def removed(scene: Scene) -> Iterator[Hit]:
    """Remove the record of a finished task, and with it those that need it.

    A late one: where what needs it runs, the removal is refused.
    """
    before = scene.done()
    if not before:
        yield ()
        return
    remove(scene, scene.rng.choice(before[len(before) // 2 :]))
    yield {*before} - {*scene.done()}


@contextmanager
def compacted(scene: Scene) -> Iterator[Hit]:
    """Fold the finished records of a stage into its archive."""
    before = scene.done()
    stages = sorted({scene.tasks[task_id] for task_id in before})
    if stages:
        tidy(scene, [scene.work.experiment, "--compact", scene.rng.choice(stages)])
    yield {*before} - {*scene.done()}


def remove(scene: Scene, task_id: str) -> None:
    """Call -R for a task."""
    scene.removals = True
    selector = scene.work.selector + ("" if scene.work.selector.endswith("/") else "+")
    words = scene.work.words(f"{selector}id={task_id}")
    tidy(scene, [*words, "-R", scene.tasks[task_id], "--yes"])


def tidy(scene: Scene, words: list[str]) -> None:
    """Make a call beside the runners, and wait for it; it may be refused."""
    judge(scene.place.call(words), scene.report)


def _damage(scene: Scene, path: Path) -> None:
    """Damage a file in a way that leaves a trace in it, or its absence."""
    with suppress(FileNotFoundError):
        scene.rng.choice([_cut, _wipe, _removed])(scene, path)


def _cut(scene: Scene, path: Path) -> None:
    content = path.read_bytes()
    _replace(path, content[: scene.rng.randrange(len(content) or 1)])


def _wipe(scene: Scene, path: Path) -> None:
    """Put zeros where a file system that crashed leaves them: for a block of the file.

    A large array has no checksum, so that it can be mapped: of that its beginning.
    """
    content = path.read_bytes()
    blocks = 1 if path.suffix == ".npy" else len(content) // WIPED + 1
    first = WIPED * scene.rng.randrange(blocks)
    size = min(WIPED, len(content) - first)
    _replace(path, content[:first] + bytes(size) + content[first + size :])


def _emptied(scene: Scene, path: Path) -> None:
    _replace(path, b"")


def _removed(scene: Scene, path: Path) -> None:
    path.unlink()


def _replace(path: Path, content: bytes) -> None:
    """Write a file anew: who has mapped the old one keeps it, for a cut would kill it (SIGBUS)."""
    part = path.with_name(path.name + ".soak")
    with suppress(OSError):  # the disk may be full
        part.write_bytes(content)
        part.replace(path)
        return
    part.unlink(missing_ok=True)


FAULTS: dict[str, Fault] = {
    "worker killed": worker_killed,
    "runner killed, its workers not": _sent(SIGKILL, Call.runner),
    "all killed at once": _sent(SIGKILL, Call.pids),
    "Ctrl-C": _sent(SIGINT, Call.pids),
    "SIGTERM": _sent(SIGTERM, Call.runner),
    "stopped for seconds": stopped,
    "disk full": disk_full,
    "record damaged": record_damaged,
    "checkpoint damaged": checkpoint_damaged,
    "claim damaged": claim_damaged,
    "heartbeats shifted": claims_shifted,
    "cache damaged": cache_damaged,
    "progress damaged": progress_damaged,
    "records removed": removed,
    "stage compacted": compacted,
}
