"""Figures of the engine: plans, selection, tasks, status, tables.

Run it as `python bench/engine.py`. Each line gives the median of some repetitions, the figure to
reach, and what it is compared with.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core import Experiment, Inputs, Metric, Output, Plan, Setting, Stage
from core.execute import Machine, Outcome, execute
from core.index import indexes
from core.results import gather
from core.status import status
from core.store import Store
from core.task import Task
from launch.cli import tune_collector
from launch.runner import Runner
from timing import seconds, tell

VAST = (7, 15, 6, 9, 10, 9, 2)  # modalities of the factors of a plan of 1,020,600 settings
FACTORS = {"a": 10, "b": 10, "c": 10, "d": 10, "e": 10}


def nothing(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Do nothing."""


def numbers(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Store what a run of ten folds would."""
    output["accuracy"] = np.full(10, setting.x)


def experiment(stage: str, **factors: object) -> Experiment:
    """Make an experiment of one plan and one stage."""
    return Experiment(
        name="bench",
        purpose="",
        plans=[Plan("p", **factors)],
        stages=[Stage("one", f"engine:{stage}", uses=list(factors))],
        metrics=[Metric("accuracy", "one", lambda record: float(record["accuracy"].mean()))],
    )


class Silent:
    """A watcher that shows nothing."""

    def started(self, task: Task) -> None:
        """Nothing to show."""

    def ended(self, task: Task, outcome: Outcome) -> None:
        """Nothing to show."""

    def tick(self) -> None:
        """Nothing to show."""


def median(work: Callable[[], object], repeat: int = 5) -> float:
    """Give the median time of some calls in s."""
    return statistics.median(seconds(work) for _ in range(repeat))


def plans() -> None:
    """Enumerate, identify, select."""
    plan = experiment("nothing", **{n: range(k) for n, k in FACTORS.items()})

    def identify() -> None:
        maker = plan.task_maker()
        for setting in plan.select():
            maker.tasks(setting)

    tell("enumerate and identify 1e5 settings", f"{median(identify):.2f} s", "0.5 s", "doce 1.2 s")
    vast = Plan("vast", **{f"f{i}": range(k) for i, k in enumerate(VAST)})
    whole = Experiment(name="v", purpose="", plans=[vast], stages=[])
    asked = "f0=3+f1=2"
    picked = len(list(whole.select(asked)))
    took = median(lambda: list(whole.select(asked)))
    title = f"select {picked:,} of {whole.plans[0].count():,} settings"
    tell(title, f"{1e3 * took:.1f} ms", "50 ms", "doce 2.9 s and 485 MiB first")


def listing() -> None:
    """Time `-l` as a process."""
    command = [sys.executable, "-X", "importtime", "-m", "launch.cli", "icbhi", "-s", "demo/", "-l"]
    plain = [word for word in command if word not in ("-X", "importtime")]
    imported = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    heavy = [name for name in ("torch", "numpy", "matplotlib") if f"| {name}\n" in imported]
    took = median(lambda: subprocess.run(plain, capture_output=True, check=True))
    slow = f"slow imports: {', '.join(heavy) or 'none'}"
    tell("-l as a fresh process", f"{took:.2f} s", "0.3 s", slow)


def empty_tasks(folder: Path, count: int = 2000, repeat: int = 3) -> None:
    """Run empty tasks with durable records, on one worker and on two, in turn."""
    tasks = list(_tasks(experiment("nothing", x=range(count))))

    def run(jobs: int) -> float:
        shutil.rmtree(folder, ignore_errors=True)
        runner = Runner(Store(folder, "bench"), Machine(), jobs)
        return 1e3 * seconds(lambda: runner.run(tasks, Silent())) / count

    pairs = [(run(1), run(2)) for _ in range(repeat)]
    one, two = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(b / a for a, b in pairs)
    tell("an empty task, 1 worker, wall", f"{one:.2f} ms", "2 ms", "the disk's own fsync included")
    tell("an empty task, 2 workers, wall", f"{two:.2f} ms", "as one", f"{ratio:.2f} × one worker")


def records(folder: Path, count: int = 10_000) -> None:
    """Status and table of many finished tasks, without and with the cache."""
    shutil.rmtree(folder, ignore_errors=True)
    bench = experiment("numbers", x=range(count))
    store = Store(folder, "bench")
    store.prepare(["one"])
    tasks = bench.task_maker().all(bench.select())
    for task in tasks:
        execute(task, store, Machine())
    cache = folder / "cache"

    def look() -> None:
        found = indexes(store, ["one"], cache)
        status(tasks, found).counts(tasks)
        found["one"].save()

    def table() -> None:
        found = indexes(store, ["one"], cache)
        gather(bench, tasks, status(tasks, found), bench.metrics, print)
        found["one"].save()

    def plain() -> None:
        for task in tasks:
            with np.load(store.path(task) / "arrays.npz") as arrays:
                arrays["accuracy"].mean()

    cold = seconds(look)
    tell("status of 1e4 finished tasks, cold", f"{cold:.2f} s", "1 s")
    tell("status of 1e4 finished tasks, cached", f"{median(look):.2f} s", "0.2 s")
    read = median(plain, repeat=3)
    first = seconds(table)
    ratio = f"{first / read:.2f} × reading the arrays with numpy ({read:.2f} s)"
    tell("table from 1e4 records, cold", f"{first:.2f} s", "1.5 ×", ratio)
    tell("table from 1e4 records, cached", f"{median(table):.2f} s", "0.2 s")


def _tasks(bench: Experiment) -> list[Task]:
    return list(bench.task_maker().all(bench.select()))


if __name__ == "__main__":
    tune_collector()
    plans()
    listing()
    with tempfile.TemporaryDirectory() as name:
        empty_tasks(Path(name) / "empty")
        records(Path(name) / "records")
