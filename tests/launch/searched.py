"""A smooth function of a few hyperparameters, for tests of sweeps."""

import math
import os
from pathlib import Path

from core import Experiment, Factor, Inputs, Metric, Output, Plan, Setting, Stage, geometric, linear

DEPTH = {"shallow": 0.0, "deep": 0.3}


def prepare(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Keep what all settings of a run share."""
    output["noise"] = [1e-3 * (setting.run - 0.5)]


def measure(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Be best at lr 0.001, dropout 0.3 and a deep network of 7 layers; fail where lr is large."""
    if folder := os.environ.get("COUNTED"):
        (Path(folder) / str(setting).replace("/", " ")).touch()
    if setting.lr > 0.3:
        raise FloatingPointError("the loss is not finite")
    score = DEPTH[setting.depth] - (math.log10(setting.lr) + 3) ** 2 / 4
    score -= (setting.dropout - 0.3) ** 2 + (setting.get("layers", 7) - 7) ** 2 / 100
    output["score"] = [score + float(inputs["preparation"]["noise"][0])]


def experiment(largest_lr: float = 0.1) -> Experiment:
    """Make it: a plan of two million settings, and a small one."""
    smooth = {
        "depth": ["shallow", "deep"],
        "layers": Factor(range(2, 22), when={"depth": "deep"}),
        "lr": Factor(geometric(1e-6, largest_lr, 101)),
        "dropout": Factor(linear(0.0, 0.9, 91)),
        "width": Factor([1, 2, 3, 4, 5]),
    }
    few = {"depth": "shallow", "lr": [1e-4, 1e-3, 1e-2], "dropout": [0.1, 0.3], "width": 1}
    return Experiment(
        name="smooth",
        purpose="A smooth function",
        plans=[Plan("sweep", **smooth), Plan("few", **few)],
        replicates={"run": range(2)},
        stages=[
            Stage("preparation", "searched:prepare", uses=["run"]),
            Stage(
                "training",
                "searched:measure",
                needs=["preparation"],
                uses=["depth", "layers", "lr", "dropout", "width"],
            ),
        ],
        metrics=[
            Metric("score", "training", "score", higher_is_better=True, precision=3),
            Metric("error", "training", lambda r: -float(r["score"][0]), higher_is_better=False),
            Metric("plain", "training", "score"),
        ],
    )
