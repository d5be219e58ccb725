"""A toy experiment that declares figures: its stages leave curves, answers and scores."""

import numpy as np

from core import (
    Confusion,
    Curve,
    Experiment,
    Inputs,
    Metric,
    Output,
    Plan,
    Resources,
    Scores,
    Setting,
    Stage,
)

CLASSES = ("normal", "crackle", "wheeze")


def train(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Leave a falling loss; one method fails, one forgets accuracy and size, one rate diverges."""
    if setting.method == "broken":
        raise ValueError("this method is broken")
    generator = np.random.default_rng(setting.run)
    output["loss"] = np.linspace(2, 1, 5) + 0.1 * generator.random(5)
    output["lr"] = np.full(5, setting.lr)
    if setting.lr > 1:
        output["diverged"] = np.full(5, np.nan)
    if setting.method != "forgetful":
        output["accuracy"] = np.linspace(0, 1, 5)
        output.info["parameters"] = int(1e5 * setting.lr)


def answer(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Answer at random, better with a larger rate."""
    generator = np.random.default_rng(setting.run)
    labels = np.arange(60) % 3
    scores = generator.normal(size=(60, 3)) + 10 * setting.lr * np.eye(3)[labels]
    counts = np.zeros((3, 3), dtype=int)
    if setting.lr > 1:
        scores[0] = np.inf
    np.add.at(counts, (labels, scores.argmax(1)), 1)
    output["labels"], output["scores"], output["confusion"] = labels, scores, counts
    output["score"] = counts.trace() / 60 + 0.001 * (setting.selection == "last")


def experiment() -> Experiment:
    """Make the experiment: two methods, four rates, two selections that share trainings."""
    return Experiment(
        name="figured",
        purpose="A toy with figures",
        plans=[
            Plan("main", method=["plain", "forgetful"], lr=[0.01, 0.02, 0.1, 0.2]),
            Plan("one", method="plain", lr=0.1, run=0),
            Plan("odd", method=["broken", "plain"], lr=0.1),
            Plan("diverged", method="plain", lr=10.0),
        ],
        defaults={"method": "plain", "selection": ["best", "last"]},
        replicates={"run": range(2)},
        stages=[
            Stage(
                "training",
                "figured:train",
                uses=["method", "lr", "run"],
                resources=Resources(gpus=1),
            ),
            Stage("testing", "figured:answer", needs=["training"], uses=["lr", "selection", "run"]),
        ],
        metrics=[
            Metric(
                "acc", "testing", lambda r: float(r["score"]), higher_is_better=True, percent=True
            ),
            Metric("nothing", "testing", lambda r: float("nan")),
        ],
        figures=[
            Curve("accuracy", ("training",), lambda r: r["accuracy"], True, "accuracy (%)"),
            Confusion("testing", lambda r: r["confusion"], CLASSES),
            Scores("testing", lambda r: (r["labels"], r["scores"]), CLASSES),
        ],
    )
