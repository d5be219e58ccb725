"""A small ICBHI: few short cycles, tiny networks, and records made without the engine."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from core import Inputs, Output, Record, Setting
from core.values import text
from plans.icbhi import experiment

RATE = 16_000
PATIENTS, TEST_PATIENTS, CYCLES = 12, 4, 6  # six cycles of each patient
SMALL = {
    "width": 0.0625,
    "epochs": 3,
    "probe_epochs": 3,
    "batch_size": 16,
    "run": 0,
    "seconds": 1,
    "sample_rate": RATE,
}


def setting_of(stage: str, method: str = "hybrid", **changed: object) -> Setting:
    """Give what a stage sees of a small setting of the real plan."""
    words = {n: [text(v)] for n, v in {**SMALL, "method": method, **changed}.items()}
    (setting,) = experiment.with_modalities(words).select("demo/")
    return experiment.task_maker().tasks(setting)[stage].setting


def run_stage(
    function: Callable[[Setting, Inputs, Output], None],
    setting: Setting,
    folder: Path,
    needs: Mapping[str, Record] | None = None,
    seed: int = 1,
    **given: Any,
) -> Record:
    """Run a stage function in `folder/work` (which a second attempt finds) into `folder/record`.

    `given` is what else its inputs have.
    """
    (folder / "work").mkdir(parents=True, exist_ok=True)
    (folder / "record").mkdir(exist_ok=True)
    output = Output(folder / "record", folder / "work")
    inputs = Inputs(needs or {}, seed=seed, **{"models": folder / "models", **given})
    function(setting, inputs, output)
    meta = {"id": "record", "arrays": output.finish(), "info": output.info}
    (folder / "record" / "record.json").write_text(json.dumps(meta))
    return Record(folder / "record")


def make_cycles(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Make a second of noise with a tone for each class, as `cycles` would prepare it.

    The last patients are the test part; each has cycles of every class.
    """
    rng = np.random.default_rng(0)
    turn = np.repeat(np.arange(PATIENTS), CYCLES)
    label = np.tile([0, 1, 2, 3, 0, 1], PATIENTS).astype(np.int8)
    time = np.arange(RATE) / RATE
    tones = np.sin(2 * np.pi * np.array([150, 400, 800, 1500])[label, None] * time)
    noise = rng.standard_normal(tones.shape)
    output["waveforms"] = (0.3 * tones + 0.1 * noise).astype(np.float32)
    output["label"] = label
    output["patient"] = (101 + turn).astype(np.int16)
    output["recording"] = turn
    output["test"] = turn >= PATIENTS - TEST_PATIENTS
    output["sex"] = np.array(["M", "F"])[turn % 2]
    output["age"] = np.where(turn % 4 < 2, 60.0, 5.0)
