"""Trainings in small: they wait, fail and misbehave as real ones do on a cluster."""

from core import Experiment, Metric, Plan, Resources, Stage

experiment = Experiment(
    name="naps",
    purpose="Trainings in small",
    plans=[
        Plan("main", method=["plain", "hasty"]),
        Plan("odd", method="broken"),
        Plan("deaf", method="deaf"),
    ],
    defaults={"steps": 3, "pace": 0.0},
    replicates={"run": range(3)},
    stages=[
        Stage("draw", "experiments.naps:draw", uses=["run"]),
        Stage(
            "train",
            "experiments.naps:train",
            needs=["draw"],
            uses=["method", "steps", "pace"],
            resources=Resources(gpus=1),
        ),
        Stage("score", "experiments.naps:score", needs=["train"]),
    ],
    metrics=[Metric("sum", "score", lambda record: float(record["sum"]))],
)
