"""A plan of a million settings, of which a hundred thousand have records: each look at it.

Run it as `python bench/scale.py`; `--records 10000` is a quicker look. Every line is a process of
its own, with its wall time and its peak memory: at first with nothing in the cache, then with it;
then with the records folded by `--compact`. The records are as a runner leaves them, but that
nobody waits for the disk.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core import Experiment, Inputs, Metric, Output, Plan, Record, Setting, Stage
from core import execute as engine
from core.store import Store
from launch import cli, experiments

FACTORS = (7, 15, 6, 9, 10, 9)  # modalities; with two runs 1,020,600 settings
LOOKS = {
    "the plans (-p)": ("-p",),
    "list what is done": ("-s", "state=done", "-l"),
    "list a part: 1,458 settings": ("-s", "f0=3+f1=2+f4=1", "-l"),
    "status of all": ("--status",),
    "what would be computed, in a part": ("-s", "f0=3+f1=2+f4=1", "-c", "--dry-run"),
    "table of a part: 729 rows": ("-s", "f0=3+f1=2+f4=1", "-d"),
    "table of all that was computed, as csv": ("-d", "-e", "all.csv"),
    "the best of each f0, of all": ("-d", "--best-by", "accuracy", "--per", "f0"),
    "effects of hyperparameters, of all": ("--figure", "effects:accuracy", "-e", "effects.png"),
    "one setting, by its id": ("-s", "id=000", "-l"),
}


def numbers(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Store what a run of ten folds would."""
    rng = np.random.default_rng(inputs.seed)
    output["accuracy"] = rng.normal(setting.f0 + setting.f1, 1, 10)


def accuracy(record: Record) -> float:
    """Give the mean over the folds."""
    return float(record["accuracy"].mean())


def vast() -> Experiment:
    """Make the experiment."""
    factors = {f"f{i}": range(count) for i, count in enumerate(FACTORS)}
    return Experiment(
        name="vast",
        purpose="A million settings",
        plans=[Plan("grid", **factors)],
        replicates={"run": range(2)},
        stages=[Stage("one", "scale:numbers", uses=[*factors, "run"])],
        metrics=[Metric("accuracy", "one", accuracy, higher_is_better=True)],
    )


def compute(results: Path, count: int) -> None:
    """Leave the records of the first settings, in one factor's modality after the other."""
    engine.sync = engine.sync_tree = lambda path: None
    store = Store(results, "vast")
    store.prepare(["one"])
    machine = engine.Machine(replicates=frozenset({"run"}))
    made = vast()
    maker = made.task_maker()
    computed = 0
    for modality in range(FACTORS[4]):
        for setting in made.select(f"f4={modality}"):
            if computed == count:
                return
            outcome = engine.execute(maker.tasks(setting)["one"], store, machine)
            assert outcome.status == "done", outcome
            computed += 1


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds of the clock and of the CPU, and its peak memory in MB."""

    seconds: float
    cpu: float
    peak: float

    def __str__(self) -> str:
        """Show it for a table."""
        return f"{self.seconds:>7.2f} s ({self.cpu:>6.2f} s of CPU)"


def look(results: Path, words: Sequence[str]) -> Cost:
    """Run the command line on it."""
    command = [sys.executable, __file__, "--cli", "vast", *words, "--results", str(results)]
    environment = {**os.environ, "XDG_CACHE_HOME": str(results / "cache")}
    start = time.perf_counter()
    with (results / "said").open("wb") as said:
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit((results / "said").read_text(errors="replace")[-2000:])
    seconds = time.perf_counter() - start
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def inodes(results: Path) -> int:
    """Count what lies in the folder of records."""
    return sum(len(folders) + len(files) for _, folders, files in os.walk(results / "vast"))


def looks(results: Path, title: str) -> None:
    """Print a line for each look, without and with what it left in the cache."""
    print(f"{title}, {inodes(results):,} inodes")
    for told, words in LOOKS.items():
        shutil.rmtree(results / "cache", ignore_errors=True)
        first, again = look(results, words), look(results, words)
        print(f"  {told:<42} {first}, cached {again}, peak {first.peak:>5.0f} MB", flush=True)


def main() -> None:
    """Make the records and take every look at them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        results = Path(name)
        start = time.perf_counter()
        compute(results, asked.records)
        print(f"{asked.records:,} records made in {time.perf_counter() - start:.0f} s")
        looks(results, "a folder each")
        folding = look(results, ("--compact",))
        size = (results / "vast" / "one" / "records.zip").stat().st_size / 1e6
        print(f"--compact: {folding}, peak {folding.peak:.0f} MB, one file of {size:.0f} MB")
        looks(results, "compacted")


if __name__ == "__main__":
    if "--cli" in sys.argv:
        sys.modules["scale"] = sys.modules["__main__"]
        experiments.find = lambda name: vast()
        sys.exit(cli.main(sys.argv[sys.argv.index("--cli") + 1 :]))
    main()
