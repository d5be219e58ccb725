"""Milliseconds of a training step of the transcoder by scores, beside the plain recipe.

Run it as `python bench/transcoder_training.py`; `--help` lists its flags, `--device cuda` is for a
GPU. The network is the published one, before a teacher that is YAMNet with weights drawn by chance.
The recipe does as the published code does: levels and scores of a batch come from the CPU, channels
first, Adam one tensor at a time, and the loss is looked at in every step. To reach: not slower than
the recipe on a CPU. From one start, losses of the first steps in float32 are to differ by less than
1e-4.
"""

import json
import tempfile
from copy import deepcopy
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy

import yamnet
from core import Inputs, Record
from experiments.common.descent import descend
from experiments.transcoder.teachers import FILE
from experiments.transcoder.training import Training
from plans.transcoder import experiment
from steps import Step, measure, parser, report, setting_of

PUBLISHED = "published_cnn/classifier=YamNet,ts=1,dataset=full"
CITIES = ("london", "lisbon", "barcelona")  # a file of the last two is for what does not train
SECONDS = 10  # of a file


def recipe(training: Training, rows: Tensor) -> Step:
    """Make the recipe's step on some seconds, from the weights that our training starts with."""
    device = training.inputs.device
    model = deepcopy(training.model).to(memory_format=torch.contiguous_format).train()
    optimiser = torch.optim.Adam(model.transcoder.parameters(), lr=1e-3, foreach=False)
    levels, truth = training.parts["train"].batch(rows)
    assert truth.scores is not None
    batch = levels.cpu(), truth.scores.cpu()

    def step() -> Tensor:
        given, scores = (x.to(device) for x in batch)
        loss = binary_cross_entropy(model(given, mels=False).scores, scores)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return loss.detach().cpu()

    return step


def ours(folder: Path, device: str, **changed: object) -> Training:
    """Make our training on the seconds of a folder, as published but for what is changed."""
    setting = setting_of(
        experiment, PUBLISHED, "training", {"teacher": "trained", "split": "city", **changed}
    )
    records = {name: Record(folder) for name in ("spectra", "oracle", "teacher")}
    training = Training(setting, Inputs(records, device=device))
    training.model.train()
    return training


def step_of(training: Training, rows: Tensor) -> Step:
    """Make our step on some seconds."""
    part = training.parts["train"]
    return lambda: descend(training.step(part, rows), training.optimiser)


def write_material(folder: Path, files: int) -> None:
    """Write noise as files to train on and one for each other part, and a teacher."""
    rng = np.random.default_rng(0)
    cities = np.array([CITIES[0]] * files + [*CITIES[1:]])
    classes = yamnet.class_names()
    seconds = SECONDS * len(cities)
    arrays = {
        "city": cities,
        "names": np.arange(len(cities)).astype(str),
        "scene": np.array(["park"] * len(cities)),
        "device": np.array(["a"] * len(cities)),
        "third_octave": 10 * rng.standard_normal((seconds, 8, 29)).astype(np.float32) - 60,
        "scores": rng.random((seconds, len(classes))).astype(np.float32),
    }
    for name, values in arrays.items():
        np.save(folder / f"{name}.npy", values)
    torch.manual_seed(0)
    torch.save(yamnet.YamNet(len(classes), 1.0).state_dict(), folder / FILE)
    meta = {"id": folder.name, "arrays": [*arrays], "info": {"width": 1.0, "classes": [*classes]}}
    (folder / "record.json").write_text(json.dumps(meta))


def main() -> None:
    """Print a line for the recipe, and one for each precision."""
    asked = parser(__doc__, batch=64).parse_args()
    torch.set_num_threads(asked.threads)
    rows = torch.arange(asked.batch, device=asked.device)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_material(folder, -(-asked.batch // SECONDS))
        steps = {"recipe": recipe(ours(folder, asked.device), rows)}
        for precision in ("float32", "bfloat16"):
            steps[precision] = step_of(ours(folder, asked.device, precision=precision), rows)
        print(f"cnn_pinv for YAMNet, {asked.batch} seconds")
        report(measure(steps, asked.rounds))


if __name__ == "__main__":
    main()
