"""Seconds of the statistics of a table: 1,000 rows of 10 runs and 5 metrics.

Everything that `build` does is measured with and without tests, after imports. To reach: less
than 1 s.
"""

import time

import numpy as np
import scipy.stats  # noqa: F401  its import is not what is measured

from core.experiment import Experiment
from core.metric import Metric
from core.plan import Plan
from core.results import Cell, Results, Row
from core.stage import Stage
from export.layout import build
from export.ranking import rank
from export.testing import NO_TEST, TESTS

RUNS = 10
METRICS = [
    Metric(name, "score", float, higher_is_better=True, percent=True)
    for name in ("Sp", "Se", "Sc", "F1", "mAP")
]


def results() -> Results:
    """Make up results: 20 datasets, 5 backbones, 10 learning rates."""
    plan = Plan(
        "main",
        dataset=[f"dataset {i}" for i in range(20)],
        backbone=["cnn6", "cnn10", "cnn14", "yamnet", "ast"],
        lr=[10.0**-i for i in range(10)],
    )
    stages = [Stage("score", "any:function")]
    experiment = Experiment("bench", "Statistics", [plan], stages, METRICS)
    rng = np.random.default_rng(0)
    rows = []
    for setting in experiment.select():
        cells = {
            metric.name: Cell(
                {f"run={i}": x for i, x in enumerate(rng.normal(0.5, 0.1, RUNS))}, RUNS
            )
            for metric in METRICS
        }
        rows.append(Row(setting, cells))
    return Results(experiment, METRICS, rows)


def main() -> None:
    """Print the seconds."""
    given = results()
    for test in (NO_TEST, *TESTS):
        start = time.perf_counter()
        build(given, test=test)
        print(f"{len(given.rows)} rows, test {test}: {time.perf_counter() - start:.3f} s")
    start = time.perf_counter()
    found = rank(given, "dataset", METRICS[2])
    shape = f"{len(found.methods)} methods on {len(found.datasets)} datasets"
    print(f"ranking of {shape}: {time.perf_counter() - start:.3f} s")


if __name__ == "__main__":
    main()
