"""The stages of trainings in small. A diary tells what ran, where, and on which GPU."""

import json
import os
import time
from pathlib import Path

import numpy as np

from core import Inputs, Output, Setting
from core.errors import Stopped


def draw(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Draw numbers from the seed of the run."""
    output["values"] = np.random.default_rng(inputs.seed).normal(size=8)
    _note("draw", "end", setting)


def train(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Walk at random from the drawn numbers, step by step; goes on where it was stopped.

    The broken one fails, the deaf one does not listen, the hasty one hurries once interrupted.
    """
    _note("train", "begin", setting)
    if setting.method == "broken":
        raise ValueError("this method is broken")
    values, done = inputs["draw"]["values"].copy(), 0
    kept = output.checkpoint / "walk.npz"
    if kept.exists():
        with np.load(kept) as walk:
            values, done = walk["values"], int(walk["done"])
        _note("train", f"from {done}", setting)
    pace = 0.0 if done and setting.method == "hasty" else setting.pace
    for step in range(done, setting.steps):
        time.sleep(pace)
        values += np.random.default_rng(inputs.seed + step).normal(size=8)
        output.progress(step + 1, setting.steps, loss=1 / (step + 1))
        if setting.method != "deaf":
            np.savez(kept.with_name("part.npz"), values=values, done=step + 1)
            kept.with_name("part.npz").replace(kept)
            if output.stopping:
                raise Stopped(f"stopped after step {step + 1}")
    output["values"] = values
    _note("train", "end", setting)


def score(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Sum up."""
    output["sum"] = inputs["train"]["values"].sum()
    _note("score", "end", setting)


def _note(stage: str, what: str, setting: Setting) -> None:
    if diary := os.environ.get("NAPS_DIARY"):
        line = {
            "stage": stage,
            "what": what,
            "setting": dict(setting),
            "time": time.time(),
            "job": os.environ.get("SLURM_JOB_ID", ""),
            "node": os.environ.get("SLURMD_NODENAME", ""),
            "gpu": os.environ.get("CUDA_VISIBLE_DEVICES"),
            "pid": os.getpid(),
        }
        with Path(diary).open("a") as file:
            file.write(json.dumps(line) + "\n")
