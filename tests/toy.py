"""A small experiment with fast stages, for tests of the engine and the front door."""

import logging
import os
import time
from pathlib import Path

import numpy as np

from core import Experiment, Factor, Inputs, Metric, Output, Plan, Setting, Stage


def draw(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Draw numbers from the seed of the run."""
    output["values"] = np.random.default_rng(inputs.seed).normal(size=8)
    _count("draw")


def scale(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Scale the numbers by the method's factor; some methods misbehave on purpose."""
    if setting.method == "broken":
        logging.getLogger("toy").warning("about to break")
        raise ValueError("this method is broken")
    if setting.method == "slow":
        time.sleep(0.05)
    gain = setting.get("gain", 1.0)
    output["values"] = inputs["draw"]["values"] * gain + len(setting.method)
    output.info["method"] = setting.method
    _count("scale")


def nap(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Take a few milliseconds, so that a kill lands in the middle of something."""
    time.sleep(0.004)
    output["values"] = np.full(4, setting.x)
    _count(f"draw-{setting.x}")


def nothing(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Do nothing: what is left is the cost of the engine."""


def _count(name: str) -> None:
    """Leave a trace of each computation, where a test asks for it."""
    if folder := os.environ.get("TOY_COUNTS"):
        with (Path(folder) / name).open("a") as file:
            file.write("x")


def experiment(**plans: dict[str, object]) -> Experiment:
    """Make the experiment; keyword arguments replace its plans."""
    made = [Plan(name, **factors) for name, factors in plans.items()] or [
        Plan("main", method=["plain", "gained"], gain=Factor([2, 3], when={"method": "gained"})),
        Plan("odd", method="broken"),
    ]
    return Experiment(
        name="toy",
        purpose="Numbers drawn and scaled",
        plans=made,
        defaults={"method": "plain"},
        replicates={"run": range(3)},
        stages=[
            Stage("draw", "toy:draw", uses=["run"]),
            Stage("scale", "toy:scale", needs=["draw"], uses=_known(made, "method", "gain")),
        ],
        metrics=[
            Metric("mean", "scale", lambda r: float(r["values"].mean()), higher_is_better=True),
            Metric("spread", "scale", lambda r: float(r["values"].std())),
        ],
    )


def _known(plans: list[Plan], *names: str) -> list[str]:
    return [n for n in names if n == "method" or any(n in plan.factors for plan in plans)]
