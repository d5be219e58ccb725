"""Drawings whose looks are kept in `golden/`; `python tests/export/drawings.py` draws them anew.

They are of fixed values, not of data, and small: 80 dpi.
"""

import math
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))  # the project, where this runs as a script

from core import Experiment, Metric, Plan, Setting, Stage
from core.plan import Factor
from core.results import Cell, Results, Row
from export.figures import confusion, cost, curves, effects, heat, spread
from export.figures.cost import Point
from export.figures.reading import Rows, Series
from export.figures.style import save
from export.figures.sweep import Run, Sweep
from export.layout import build
from export.pivot import pivot
from export.png import draw
from export.published import PublishedRow
from export.table import Table

GOLDEN = Path(__file__).with_name("golden")
DPI = 80
METRICS = [
    Metric("Sc", "score", float, higher_is_better=True, percent=True, description="the mean"),
    Metric("loss", "score", float, higher_is_better=False, precision=3),
]


def results(plan: Plan) -> Results:
    """Make up three runs of each setting; one setting is missing, one has run once."""
    experiment = Experiment(
        "golden", "A table that keeps its looks", [plan], [Stage("score", "a:b")], METRICS
    )
    rows = []
    for place, setting in enumerate(experiment.select()):
        means = (0.5 + 0.05 * math.sin(7 * place), 12 * math.exp(-place / 9))
        number = 1 if place == 4 else 3
        noise = {f"run={i}": 0.02 * math.cos(5 * place + 9 * i) for i in range(number)}
        cells = {
            metric.name: Cell({run: mean + more for run, more in noise.items()}, 3)
            for metric, mean in zip(METRICS, means, strict=True)
        }
        if place == 2:
            cells["loss"] = Cell(planned=3, missing={"run=0": "failed"})
        rows.append(Row(setting, cells))
    return Results(experiment, METRICS, rows)


def plain() -> Table:
    """Six rows."""
    return build(results(Plan("p", method=["ce", "scl", "hybrid"], lr=[1e-3, 1e-4])))


def grouped() -> Table:
    """Groups, a factor that some rows lack, and published rows under ours and apart."""
    plan = Plan(
        "p",
        backbone=["cnn6", "cnn14"],
        method=["ce", "scl"],
        temperature=Factor([0.06, 0.1], when={"method": "scl"}),
    )
    under = {"backbone": "cnn6", "method": "ce"}
    published = [
        PublishedRow("CNN6, CE", "A paper, table 1", under, {"Sc": ("53.92", "0.71")}, 10),
        PublishedRow("AST", "Another", {}, {"Sc": ("62.37", "")}, None, comparable=False),
    ]
    return build(results(plan), published=published)


def pivoted() -> Table:
    """Heads on three levels."""
    plan = Plan("p", method=["ce", "scl"], lr=[0.1, 0.01], size=[16, 32])
    return build(pivot(results(plan), ["lr", "size"]))


def labelled() -> Table:
    """Labels that are long, Greek, or look like markup."""
    names = [
        "a_very_long_checkpoint_name-pretrained/on_something",
        "β-VAE, λ → ∞ & $x_1^2$",
        "Ünïcödé <b>№ 5</b>",
    ]
    return build(results(Plan("p", model=names, lr=[0.1, 0.01])), cells="min-max")


def forty() -> Table:
    """Forty rows in groups."""
    plan = Plan("p", backbone=["cnn6", "cnn14"], method=list("abcde"), seed=list(range(4)))
    return build(results(plan), test="none")


def _rows(**runs: list[object]) -> Rows:
    return Rows(("method",), tuple(Series(name, tuple(of)) for name, of in runs.items()))


def _curves(path: Path) -> None:
    epochs = np.arange(20)
    falling = [np.exp(-epochs / 5) + 0.1 * i for i in range(3)]
    rows = _rows(ce=falling, scl=[1.5 * run for run in falling])
    save(curves.figure(rows, "training loss"), path, DPI)


def _effects(path: Path) -> None:
    settings = [{"method": "ab"[i % 2], "lr": 10 ** (-3 + i / 10)} for i in range(30)]
    runs = tuple(Run(Setting(s), 50 + i % 2 + i / 3) for i, s in enumerate(settings))
    save(effects.figure(Sweep("Sc", "Sc (%) ↑", 1, True, runs)), path, DPI)


def _heat(path: Path) -> None:
    settings = [{"lr": lr, "size": size} for lr in (0.1, 0.01) for size in (16, 32, 64)]
    runs = tuple(Run(Setting(s), 50.0 + 3 * i) for i, s in enumerate(settings[:-1]))
    save(heat.figure(Sweep("Sc", "Sc (%) ↑", 1, True, runs), "lr", "size"), path, DPI)


def _confusion(path: Path) -> None:
    counts = np.array([[30, 5, 2], [8, 12, 4], [1, 0, 9]])
    rows = _rows(ce=[counts, counts.T], scl=[counts + 3])
    save(confusion.figure(rows, ("normal", "crackle", "wheeze")), path, DPI)


def _box(path: Path) -> None:
    rows = _rows(ce=[0.1 * i for i in range(6)], scl=[0.3, 0.3, 0.45])
    save(spread.figure(rows, METRICS[0]), path, DPI)


def _cost(path: Path) -> None:
    rows = _rows(ce=[Point(1, 0.4), Point(3, 0.5)], scl=[Point(40, 0.6)])
    save(cost.figure(rows, METRICS[0], "GPU-hours"), path, DPI)


TABLES: dict[str, Callable[[], Table]] = {
    "plain": plain,
    "grouped": grouped,
    "pivoted": pivoted,
    "labelled": labelled,
    "forty": forty,
}
FIGURES: dict[str, Callable[[Path], None]] = {
    "curves": _curves,
    "effects": _effects,
    "heat": _heat,
    "confusion": _confusion,
    "box": _box,
    "cost": _cost,
}


def write(name: str, folder: Path) -> Path:
    """Draw one of them into a folder."""
    path = folder / f"{name}.png"
    if name in TABLES:
        draw(TABLES[name](), path, DPI)
    else:
        FIGURES[name](path)
    return path


if __name__ == "__main__":
    for drawing in (*TABLES, *FIGURES):
        write(drawing, GOLDEN)
