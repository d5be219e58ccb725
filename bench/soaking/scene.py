"""A round: runners at work on some settings, somebody who reads beside them, and what is seen."""

import json
import os
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path
from random import Random
from signal import SIGKILL

from core.claim import Claim, current_claim
from soaking.audit import misbehaviour
from soaking.menu import Work
from soaking.processes import ROOT, Call, start
from soaking.records import ARCHIVE

TICK = 0.1  # s
READ_EVERY = 3.0  # s
LOOKS = [["--status", "--json"], ["-d", "--json"], ["-l"], ["-c", "--dry-run"]]
# Trainings save a checkpoint after five seconds, but something may have to be prepared first.
PATIENCE = 30.0  # s
# Longer than heartbeats may be silent; and how long no round may take.
SILENCE = 200.0  # s
LIMIT = 240.0  # s


@dataclass(frozen=True)
class Place:
    """Where it happens: results and cache on the disk that fills up, printed text beside it."""

    disk: Path
    printed: Path
    can_fill: bool
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def results(self) -> Path:
        """The folder of results."""
        return self.disk / "results"

    @property
    def cache(self) -> Path:
        """The user's cache folder."""
        return self.disk / "cache"

    def environment(self) -> Mapping[str, str]:
        """Give the environment of a call: nothing of the user's, one core a task.

        Sums over several threads differ in their last digits; with one, numbers are compared bit
        for bit.
        """
        own = {f"XDG_{kind}_HOME": str(self.printed / kind) for kind in ("CONFIG", "DATA")}
        one = {"SLURM_CPUS_PER_TASK": "1", "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
        cache = {"XDG_CACHE_HOME": str(self.cache)}
        return {**os.environ, "PYTHONPATH": str(ROOT), **own, **one, **cache}

    def call(self, words: list[str], host: str | None = None, clock: float = 0.0) -> Call:
        """Start a call of sonoplan on these results."""
        output = self.printed / f"{next(self.numbers):05d}.txt"
        words = [*words, "--results", str(self.results)]
        return start(words, self.environment(), output, host, clock)


@dataclass
class Scene:
    """What faults are inflicted on, and what has been seen.

    `tasks` are the stages of this round's tasks by id; `damaged` the records that were damaged;
    `doubted` the tasks about whose owner a claim was made to lie, so that two may compute them.
    """

    place: Place
    work: Work
    rng: Random
    report: Callable[..., None]
    tasks: Mapping[str, str] = field(default_factory=dict)
    runners: list[Call] = field(default_factory=list)
    damaged: set[str] = field(default_factory=set)
    doubted: set[str] = field(default_factory=set)
    removals: bool = False
    readings: int = 0
    _looks: Iterator[list[str]] = field(default_factory=lambda: cycle(LOOKS))
    _silenced: set[Path] = field(default_factory=set)
    _reader: Call | None = None
    _read: float = 0.0

    def key(self, task_id: str) -> str:
        """Name a task of this round as audits do."""
        return f"{self.work.experiment}/{self.tasks[task_id]}/{task_id}"

    def done(self) -> list[str]:
        """Give the tasks of this round whose record is a folder of its own, needed ones first."""
        results = self.place.results
        return [i for i in self.tasks if (results / self.key(i)).is_dir()]

    def archived(self, task_id: str) -> bool:
        """Tell whether the stage of a task has been compacted."""
        return (self.place.results / self.key(task_id)).with_name(ARCHIVE).exists()

    def checkpoints(self) -> set[str]:
        """Give the tasks that would go on from a checkpoint."""
        files = self.place.results.glob("*/*/.work/*/checkpoint/*.pt")
        return {path.parents[1].name for path in files}

    def claims(self) -> list[Claim]:
        """Give the claims that count now, live and dead."""
        works = self.place.results.glob("*/*/.work/*")
        return [claim for work in works if (claim := current_claim(work)) is not None]

    def held(self, call: Call, pids: list[int] | None = None) -> dict[str, Claim]:
        """Give the claims of a call's processes, by task."""
        owners = call.owners(call.pids() if pids is None else pids)
        return {c.path.parent.name: c for c in self.claims() if _owner(c) in owners}

    def live(self) -> list[Call]:
        """Give the runners of which something lives."""
        return [call for call in self.runners if call.pids()]

    def watch(self, seconds: float) -> None:
        """Let time pass, or what is left of it once the runners have ended, and look around."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.live():
            self._look_for_two()
            self._silence_the_dead()
            self._read_along()
            time.sleep(TICK)

    def await_checkpoint(self) -> None:
        """Let time pass until a training has saved a checkpoint, if one does soon."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.live() and not self.checkpoints():
            self.watch(TICK)

    def finish(self) -> None:
        """Wait until the runners have ended, and judge how."""
        self.watch(LIMIT)
        for call in self.live():
            hung(call, self.report)
        self._end_reader()
        self._silence_the_dead()
        for call in self.runners:
            judge(call, self.report)

    def _look_for_two(self) -> None:
        """Report a task that two processes compute, unless a claim was made to lie about it."""
        living = {o for call in self.live() for o in call.owners(call.pids())}
        every = [Claim(path, 0) for path in self.place.results.glob("*/*/.work/*/claim.*")]
        owned = Counter(claim.path.parent.name for claim in every if _owner(claim) in living)
        for task_id, owners in owned.items():
            if owners > 1 and task_id not in self.doubted:
                self.doubted.add(task_id)
                self.report(f"{owners} processes compute {task_id} at once")

    def _silence_the_dead(self) -> None:
        """Spare the wait until another machine, which has died, has been silent long enough."""
        dead = {call.host for call in self.runners if call.elsewhere and not call.pids()}
        for claim in self.claims() if dead else ():
            owner = claim.owner()
            if owner is not None and owner.host in dead and claim.path not in self._silenced:
                self._silenced.add(claim.path)
                shift(claim, -SILENCE)

    def _read_along(self) -> None:
        if self._reader is not None and self._reader.process.poll() is not None:
            self._end_reader()
        if self._reader is None and time.monotonic() - self._read >= READ_EVERY:
            self._read = time.monotonic()
            self._reader = self.place.call([*self.work.words(), *next(self._looks)])

    def _end_reader(self) -> None:
        if self._reader is None:
            return
        reader, self._reader = self._reader, None
        self.readings += 1
        judge(reader, self.report)
        if reader.process.returncode == 0 and "--json" in reader.words:
            try:
                json.JSONDecoder().raw_decode(reader.text(), reader.text().index("{"))
            except ValueError as error:
                self.report(f"no JSON document: {error}", reader)


def judge(call: Call, report: Callable[..., None]) -> None:
    """Wait for a call, and report how it has ended where it should not have."""
    try:
        call.process.wait(LIMIT)
    except subprocess.TimeoutExpired:
        hung(call, report)
    for wrong in misbehaviour(call.process.wait(), call.signals, call.text()):
        report(wrong, call)


def hung(call: Call, report: Callable[..., None]) -> None:
    """Report and kill a call that goes on and on."""
    report(f"it hung for {LIMIT:.0f} s", call)
    call.send(SIGKILL, call.pids())


def shift(claim: Claim, seconds: float) -> None:
    """Move a claim's last heartbeat into the past or the future."""
    with suppress(FileNotFoundError):
        when = claim.path.stat().st_mtime + seconds
        os.utime(claim.path, (when, when))


def _owner(claim: Claim) -> tuple[str, int] | None:
    owner = claim.owner()
    return (owner.host, owner.pid) if owner is not None else None
