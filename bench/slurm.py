"""Figures on a real Slurm on this machine: submitting, running, looking, and a run full of faults.

Run it as `python bench/slurm.py [submit|run|status|faults ...]`; all of them by default. It starts
a cluster in a folder of its own, with the scripts of tests/slurm (`make test-slurm` installs what
they need), and stops it at the end.
"""

import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests"))
sys.path.append(str(Path(__file__).parents[1] / "tests" / "slurm"))

import numpy as np
from real_slurm import ID, Cluster, Project, wait_for

from timing import seconds, tell

PLAN = '''
"""Settings that cost nothing, or a moment."""

from core import Experiment, Plan, Stage

experiment = Experiment(
    name="empty",
    purpose="Settings that cost nothing",
    plans=[
        Plan("one", stages=1, x=range(10_000)),
        Plan("three", stages=3, x=range(1000)),
        Plan("faults", stages=2, pace=0.4, x=range(150)),
    ],
    defaults={"pace": 0.0},
    stages=[
        Stage("first", "experiments.empty:work", uses=["x", "pace"]),
        Stage(
            "second",
            "experiments.empty:work",
            needs=["first"],
            uses=["pace"],
            when={"stages": [2, 3]},
        ),
        Stage(
            "third", "experiments.empty:work", needs=["second"], uses=["pace"], when={"stages": 3}
        ),
    ],
)
'''
STAGES = '''
"""One stage for all: it waits, and notes that it did."""

import os
import time
from pathlib import Path

import numpy as np

from core import Inputs, Output, Setting


def work(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Wait as long as the setting says."""
    output["values"] = np.arange(4)
    if setting.pace:
        note(f"begin {os.getpid()}")
        time.sleep(setting.pace)
        note(f"end {output.folder.parent.name}")


def note(what: str) -> None:
    """Leave a line in the diary."""
    with Path(os.environ["NAPS_DIARY"]).open("a") as file:
        file.write(f"{time.time()} {what}\\n")
'''


class Bench(Project):
    """A clone of the project with settings that cost nothing."""

    def __post_init__(self) -> None:
        super().__post_init__()
        (self.folder / "plans" / "empty.py").write_text(PLAN)
        (self.folder / "experiments" / "empty.py").write_text(STAGES)

    def sonoplan(self, *words: str, **more: object) -> str:
        """Run `sonoplan empty WORDS`."""
        return super().sonoplan(*words, experiment="empty", **more)

    def records(self) -> list[Path]:
        """Find what is done."""
        return list((self.results.parent / "empty").glob(f"*/{ID}"))


def submit(bench: Bench, folder: Path) -> None:
    """Submit a thousand settings of three stages; nothing runs meanwhile."""
    wrapper = folder / "wrapper"
    wrapper.mkdir()
    (wrapper / "sbatch").write_text(
        f'#!/bin/sh\necho x >> {folder}/sbatch\nPATH=${{PATH#*:}}\nexec sbatch "$@"\n'
    )
    (wrapper / "sbatch").chmod(0o755)
    words = ("-s", "three/", "-c", "--slurm", "test")
    with bench.cluster.closed():
        took = seconds(lambda: bench.sonoplan(*words, path=wrapper))
        calls = len((folder / "sbatch").read_text().split())
        again = seconds(lambda: bench.sonoplan(*words, path=wrapper))
        bench.cluster.clear()
    tell("submit 1,000 settings of 3 stages", f"{took:.2f} s", "5 s", f"{calls} calls of sbatch")
    tell("submit them again: all are queued", f"{again:.2f} s", "-")


def run(bench: Bench, folder: Path, count: int = 100) -> None:
    """Run a hundred empty settings, beside a bare array that imports the same."""
    marks = folder / "marks"
    marks.mkdir()
    imports = "import submitit, numpy, launch.slurm.element, pathlib"
    program = f"{imports}; pathlib.Path('{marks}/mark$SLURM_ARRAY_TASK_ID').touch()"
    wrapped = f'srun {sys.executable} -c "{program}"'
    words = ["sbatch", f"--array=0-{count - 1}", "--wrap", wrapped, f"--output={marks}/log%a"]

    def bare() -> None:
        subprocess.run(words, env=bench.environment, check=True, capture_output=True)
        wait_for("the bare array", lambda: len(list(marks.glob("mark*"))) == count)

    def ours() -> None:
        bench.sonoplan("-s", f"one/x<{count}", "-c", "--slurm", "test")
        wait_for("the records", lambda: len(bench.records()) == count)

    own = seconds(bare)
    wait_for("the queue to be empty", bench.cluster.empty)
    took = seconds(ours)
    wait_for("the queue to be empty", bench.cluster.empty)
    against = f"{took / own:.2f} × a bare array that imports the same ({own:.1f} s)"
    tell(f"{count} empty settings, submission to last record", f"{took:.1f} s", "1.5 ×", against)


def status(bench: Bench, folder: Path) -> None:
    """Look at ten thousand settings, a thousand of them in the queue."""
    bench.sonoplan("-s", "one/x>=1000", "-c", "2")
    words = ("-s", "one/", "--status")
    with bench.cluster.closed():
        bench.sonoplan("-s", "one/", "-c", "--slurm", "test")
        bench.sonoplan(*words)
        took = sorted(seconds(lambda: bench.sonoplan(*words)) for _ in range(3))[1]
        queued = json.loads(bench.sonoplan(*words, "--json"))["status"]["stages"]["first"]["queued"]
        bench.cluster.clear()
    tell(f"--status of 1e4 settings, {queued} of them queued", f"{took:.2f} s", "1 s")


def faults(bench: Bench, folder: Path, total: int = 300, blows: int = 60) -> None:
    """Kill a worker, a node or the controller every two seconds, for two minutes.

    For ever would be too long for Slurm: a controller that never lives for ten seconds does not
    find out which of its jobs are gone.
    """
    rng, kills, submissions = random.Random(0), Counter[str](), 0
    start = next_kill = time.monotonic()
    while len(bench.records()) < total:
        assert time.monotonic() - start < 900, bench.told()
        if time.monotonic() >= next_kill:
            if _stuck(bench):
                bench.sonoplan("-s", "faults/", "-c", "--slurm", "test", "--pack", "3")
                submissions += 1
                time.sleep(6)  # what the controller was told last is lost with it
            if kills.total() < blows:
                kill = rng.choice((_worker, _node, _controller))
                kills[kill.__name__.strip("_")] += kill(bench, rng)
            next_kill = time.monotonic() + 2
        time.sleep(0.2)
    whole = sum(map(_whole, bench.records()))
    twice = sum(count > 1 for count in Counter(_diary(bench, "end")).values())
    told = ", ".join(f"{n} {name}" for name, n in kills.items())
    tell(
        f"{total} tasks, every 2 s one killed: whole and done",
        f"{whole} of {total}",
        "all",
        f"{time.monotonic() - start:.0f} s; killed: {told}; {submissions} submissions; "
        f"{twice} computed twice",
    )


def _diary(bench: Bench, what: str) -> list[str]:
    """Read what the stages have noted."""
    file = bench.folder / "diary"
    lines = [line.split() for line in file.read_text().splitlines()] if file.exists() else []
    return [line[2] for line in lines if line[1] == what]


def _whole(record: Path) -> bool:
    """Tell whether a record is all there."""
    with np.load(record / "arrays.npz") as arrays:
        return (
            arrays["values"].tolist() == [0, 1, 2, 3]
            and json.loads((record / "record.json").read_text())["id"] == record.name
        )


def _stuck(bench: Bench) -> bool:
    """Tell whether nothing waits or runs; what Slurm holds, its launch having failed, is released.

    Slurm does so when a controller that was killed launches a job again that it has forgotten.
    """
    waiting = bench.cluster.queue("%r")
    if not all("held" in reason for reason in waiting):
        return False
    if waiting:
        bench.sonoplan("--release", "faults/")
    return True


def _worker(bench: Bench, rng: random.Random) -> int:
    """Kill a process that computes a task, as the kernel does when memory runs out."""

    def alive() -> list[str]:
        return [pid for pid in _diary(bench, "begin")[-20:] if Path(f"/proc/{pid}").exists()]

    deadline = time.monotonic() + 2
    while not (found := alive()) and time.monotonic() < deadline:
        time.sleep(0.05)
    if not found:
        return 0
    subprocess.run(["kill", "-KILL", rng.choice(found)], check=False, capture_output=True)
    return 1


def _node(bench: Bench, rng: random.Random) -> int:
    """Let a node lose its power, and bring it back."""
    name = rng.choice(("c1", "c2"))
    bench.cluster.kill_node(name)
    bench.cluster.declare_down(name)
    bench.cluster.start()
    return 1


def _controller(bench: Bench, rng: random.Random) -> int:
    """Kill the controller, and start it again."""
    bench.cluster.end_controller(signal.SIGKILL)
    bench.cluster.start()
    return 1


def main(wanted: list[str]) -> None:
    """Measure what is wanted on a cluster of its own."""
    if shutil.which("sbatch") is None:
        print("no Slurm on this machine, so nothing is measured; `make test-slurm` installs it")
        return
    every = (submit, run, status, faults)
    with tempfile.TemporaryDirectory() as name:
        cluster = Cluster(Path(name) / "slurm", ("--gpu-nodes", "0"))
        cluster.start()
        try:
            for work in every:
                if work.__name__ in wanted or not wanted:
                    folder = Path(name) / work.__name__
                    folder.mkdir()
                    work(Bench(folder / "project", cluster), folder)
        finally:
            cluster.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
