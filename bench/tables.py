"""Seconds to draw a table as PNG, after imports: 40 and 200 rows of 8 columns."""

import tempfile
import time
from pathlib import Path

from core.experiment import Experiment
from core.metric import Metric
from core.plan import Plan
from core.results import Cell, Results, Row
from core.stage import Stage
from export.layout import build
from export.png import draw

METRICS = [
    Metric(name, "score", float, higher_is_better=True, percent=True)
    for name in ("Sp", "Se", "Sc", "F1", "mAP")
]


def results(rows):
    """Make up results of so many settings, ten runs each."""
    plan = Plan(
        "main",
        backbone=["cnn6", "cnn10", "cnn14", "yamnet"],
        method=["ce", "scl", "hybrid", "mscl", "simclr"],
        lr=[10.0**-i for i in range(rows // 20)],
    )
    stages = [Stage("score", "any:function")]
    experiment = Experiment("bench", "Drawing speed", [plan], stages, METRICS)
    found = []
    for place, setting in enumerate(experiment.select()):
        numbers = [(place * 7919 + i * 104729) % 9973 / 9973 for i in range(10)]
        cells = {m.name: Cell({f"run={i}": x for i, x in enumerate(numbers)}, 10) for m in METRICS}
        found.append(Row(setting, cells))
    return Results(experiment, METRICS, found)


def main():
    """Print the seconds."""
    with tempfile.TemporaryDirectory() as folder:
        for rows in (40, 200):
            given = results(rows)
            start = time.perf_counter()
            table = build(given)
            laid_out = time.perf_counter()
            draw(table, Path(folder) / "table.png")
            end = time.perf_counter()
            print(
                f"{rows} rows × {len(table.columns)} columns: {end - start:.3f} s "
                f"(table {laid_out - start:.3f} s, png {end - laid_out:.3f} s)"
            )


if __name__ == "__main__":
    main()
