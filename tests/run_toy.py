"""Runs the command line on the toy experiment: `python run_toy.py toy -s main/ -c`."""

import sys

import toy
from core import Experiment, Plan, Stage
from launch import cli, experiments


def many() -> Experiment:
    """Two hundred tasks of a few milliseconds, half of them needing another."""
    return Experiment(
        name="many",
        purpose="Many fast tasks",
        plans=[Plan("p", method="plain", gain=1, x=range(100))],
        stages=[
            Stage("draw", "toy:nap", uses=["x"]),
            Stage("scale", "toy:scale", needs=["draw"], uses=["x", "method", "gain"]),
        ],
    )


EXPERIMENTS = {"toy": toy.experiment, "many": many}


def find(name: str) -> Experiment:
    """Find an experiment of the tests."""
    return EXPERIMENTS[name]()


if __name__ == "__main__":
    experiments.find = find
    sys.exit(cli.main())
