"""Milliseconds of a training step of CNN6 by SupCon, beside the plain recipe.

Run it as `python bench/training.py [WIDTH [BATCH [SECONDS]]]`, by default a quarter of the
channels, 32 cycles of 8 s, on one core. The recipe does as the published code does: from the
waveforms on in every step, two views one after the other, in float32. To reach: the recipe's
speed in float32, and twice as fast in bfloat16 on a CPU that knows it.
"""

import sys
import time
from collections.abc import Callable

import torch
from torch import Tensor

from core import Setting
from experiments.icbhi.features import Features, analyse
from experiments.icbhi.losses import supervised_contrastive
from experiments.icbhi.material import Material
from experiments.icbhi.network import Network
from experiments.icbhi.training import Training
from pann import ICBHI, LogMel, normalise, spec_augment, standardise

ROUNDS = 6


def recipe(width: float, waveforms: Tensor, labels: Tensor) -> Callable[[], object]:
    """Make the step of the published code."""
    front_end = LogMel(ICBHI)
    network = Network("cnn6", width, classifier=False, projector=True, seed=0).train()
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3, weight_decay=1e-4)

    def view() -> Tensor:
        with torch.no_grad():
            return standardise(spec_augment(normalise(front_end(waveforms), "batch")))

    def step() -> None:
        projections = [network(view()[None]).projections[0] for _ in range(2)]
        loss = supervised_contrastive(torch.stack(projections), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    return step


def ours(
    width: float, waveforms: Tensor, labels: Tensor, precision: str, views: str
) -> Callable[[], object]:
    """Make the step of the stage; what it does once a training is not in it."""
    values = {"backbone": "cnn6", "width": width, "method": "scl", "epochs": 1}
    values |= {"lr": 1e-3, "weight_decay": 1e-4}
    values |= {"specaugment": "always", "temperature": 0.06, "denominator": "all"}
    setting = Setting({**values, "precision": precision, "views": views})
    features = Features(analyse(waveforms.numpy(), ICBHI.sample_rate, "cpu"), over_batch=True)
    everything = torch.arange(len(labels))
    material = Material({"train": everything}, features, labels, torch.ones(4))
    training = Training(setting, material, "cpu", 0)
    training.network.train()
    generator = torch.Generator().manual_seed(0)
    return lambda: training.step(everything, generator)


def milliseconds(steps: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Give each step's shortest time of some rounds: other work only adds to it."""
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, step in steps.items():
            start = time.perf_counter()
            step()
            seconds[name].append(time.perf_counter() - start)
    return {name: 1e3 * min(found) for name, found in seconds.items()}


def main() -> None:
    """Print a line for the recipe, and one for each precision and way to see the views."""
    torch.set_num_threads(1)
    width, batch, seconds = (*map(float, sys.argv[1:]), *(0.25, 32, 8)[len(sys.argv) - 1 :])
    waveforms = 0.1 * torch.randn(int(batch), int(seconds * ICBHI.sample_rate))
    labels = torch.arange(len(waveforms)) % 4
    steps = {"recipe": recipe(width, waveforms, labels)}
    for precision in ("float32", "bfloat16"):
        for views in ("separate", "joint"):
            step = ours(width, waveforms, labels, precision, views)
            steps[f"{precision}, views {views}"] = step
    found = milliseconds(steps)
    print(f"width {width:g}, {len(waveforms)} cycles of {seconds:g} s")
    for name, time_ in found.items():
        print(f"{name}: {time_:.0f} ms, {found['recipe'] / time_:.1f} times as fast as the recipe")


if __name__ == "__main__":
    main()
