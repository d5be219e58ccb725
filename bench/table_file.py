"""Seconds of `sonoplan EXPERIMENT -d -e x.png` as a process, on 10,000 cached records.

Run it as `python bench/table_file.py`. The table has 200 rows of 50 runs and two metrics, tested
and drawn at 200 dpi. To reach: 2 s.

Where DOCE_PYTHON names the Python of an environment with doce 0.1 and dataframe_image, they are
measured beside it: doce's `-d -E x.html` on as many rows, a file each (its PNG takes an outside
program), and PNGs of 40 and 200 rows of 8 columns by dataframe_image with matplotlib, to be
compared with those of `bench/formats.py`.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from timing import seconds

ROOT = Path(__file__).parents[1]
REPETITIONS = 5

PLAN = """\
import numpy as np

from core import Experiment, Metric, Plan, Stage


def numbers(setting, inputs, output):
    rng = np.random.default_rng([setting.run, setting.lr])
    output["score"], output["loss"] = rng.normal(0.5, 0.1, (2, 4))


experiment = Experiment(
    name="bench_tables",
    purpose="Speed",
    plans=[Plan("all", backbone=["cnn6", "cnn10", "cnn14", "ast", "yamnet"], method=list("abcd"),
                lr=range(10))],
    replicates={"run": range(50)},
    stages=[Stage("one", "plans.bench_tables:numbers", uses=["backbone", "method", "lr", "run"])],
    metrics=[
        Metric("Sc", "one", lambda r: float(r["score"].mean()), higher_is_better=True),
        Metric("loss", "one", lambda r: float(r["loss"].mean()), higher_is_better=False),
    ],
)
"""
OURS = """\
import sys

import plans

plans.__path__.append(sys.argv[1])
from launch.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[2:]))
"""
DOCES = """\
import doce
import numpy as np


def set(experiment, args=None):
    experiment.path.output = "out/"
    experiment.factor.backbone = ["cnn6", "cnn10", "cnn14", "ast", "yamnet"]
    experiment.factor.method = ["a", "b", "c", "d"]
    experiment.factor.lr = list(range(10))
    experiment.metric.score = ["mean", "std"]
    return experiment


def step(setting, experiment):
    np.save(experiment.path.output + setting.id() + "_score.npy", np.random.rand(50))


if __name__ == "__main__":
    doce.run.run()
"""
DATAFRAME_IMAGE = """\
import sys
import time

import dataframe_image
import numpy as np
import pandas as pd



def seconds(rows):
    frame = pd.DataFrame(np.random.rand(rows, 8), columns=list("abcdefgh"))
    start = time.perf_counter()
    dataframe_image.export(frame, sys.argv[1], table_conversion="matplotlib", max_rows=-1)
    return time.perf_counter() - start


seconds(2)  # imports
for rows in (40, 200):
    print(f"dataframe_image, {rows} rows x 8 columns: {seconds(rows):.2f} s")
"""
INSTALL = "python3.11 -m venv X && X/bin/pip install doce==0.1 'pandas<2' 'numpy<2' dataframe_image"


def median(command: list[str], folder: Path, variables: dict[str, str]) -> float:
    """Median wall time of a process; one that fails shows why."""
    return statistics.median(
        seconds(lambda: run(command, folder, variables)) for _ in range(REPETITIONS)
    )


def run(command: list[str], folder: Path, variables: dict[str, str]) -> str:
    """Run a process; gives what it says."""
    env = {**os.environ, **variables}
    ended = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    if ended.returncode:
        sys.exit(f"{' '.join(command)}\n{ended.stdout}{ended.stderr}")
    return ended.stdout


def ours(folder: Path) -> None:
    """Compute the records, then time tables of them."""
    (folder / "plans").mkdir()
    (folder / "plans" / "bench_tables.py").write_text(PLAN)
    (folder / "ours.py").write_text(OURS)
    variables = {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(folder / "cache")}
    command = [sys.executable, "ours.py", "plans", "bench_tables"]
    run([*command, "-c"], folder, variables)
    for flags in ([], ["--test", "none"]):
        shown = [*command, "-d", "-e", "x.png", *flags]
        run(shown, folder, variables)  # fills the cache
        told = " ".join(["-d -e x.png", *flags])
        print(f"{told}: {median(shown, folder, variables):.2f} s, reach 2 s")


def beside(folder: Path, python: str) -> None:
    """Time doce's table of as many rows, and dataframe_image."""
    (folder / "out").mkdir()
    (folder / "doces.py").write_text(DOCES)
    (folder / "dataframes.py").write_text(DATAFRAME_IMAGE)
    run([python, "doces.py", "-r"], folder, {})
    taken = median([python, "doces.py", "-d", "-E", "x.html"], folder, {})
    print(f"doce 0.1, -d -E x.html, 200 rows without tests or PNG: {taken:.2f} s")
    print(run([python, "dataframes.py", "x.png"], folder, {"MPLBACKEND": "agg"}), end="")


def main() -> None:
    """Print a line for each process."""
    with tempfile.TemporaryDirectory() as name:
        ours(Path(name))
        python = os.environ.get("DOCE_PYTHON")
        if python is None:
            print(f"doce and dataframe_image: not here; {INSTALL}, then DOCE_PYTHON=X/bin/python")
        else:
            beside(Path(name), python)


if __name__ == "__main__":
    main()
