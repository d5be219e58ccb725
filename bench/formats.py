"""Seconds to write a table in each format, after imports: 40 and 200 rows of 8 columns.

Run it as `python bench/formats.py`. PNG is to take less than 0.3 s for 40 rows and 1 s for 200,
all formats together less than 4 s for 200.
"""

import tempfile
from functools import partial
from pathlib import Path

from core.experiment import Experiment
from core.metric import Metric
from core.plan import Plan
from core.results import Cell, Results, Row
from core.stage import Stage
from export import DRAWERS, export
from export.layout import build
from timing import seconds

METRICS = [
    Metric(name, "score", float, higher_is_better=True, percent=True)
    for name in ("Sp", "Se", "Sc", "F1", "mAP")
]


def results(rows: int) -> Results:
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
        ids = tuple(f"{place:08x}{i:08x}" for i in range(10))
        found.append(Row(setting, cells, ids))
    return Results(experiment, METRICS, found)


def main() -> None:
    """Print the seconds."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "table"
        export(build(results(20)), target)  # imports
        for rows in (40, 200):
            given = results(rows)
            laid_out = seconds(partial(build, given))
            table = build(given)
            files = {suffix: target.with_suffix(suffix) for suffix in DRAWERS}
            taken = {s: seconds(partial(export, table, file)) for s, file in files.items()}
            each = ", ".join(f"{suffix[1:]} {time:.3f}" for suffix, time in taken.items())
            print(
                f"{rows} rows × {len(table.columns)} columns: "
                f"all formats {laid_out + sum(taken.values()):.2f} s (table {laid_out:.3f}, {each})"
            )


if __name__ == "__main__":
    main()
