"""Milliseconds of a training step of CNN6 by SupCon, beside the plain recipe.

Run it as `python bench/training.py`; `--help` lists its flags, `--device cuda` is for a GPU. The
recipe does as the published code does: log-mels from the waveforms in every step, normalised over
the batch, two views that pass one after the other, in float32. To reach on a CPU: 1.15 times the
recipe's speed in float32, and twice with bfloat16 where the CPU knows it; on a GPU: 4 times.
Losses of the first steps, from one start and with the same masks, are to differ by less than 1e-3.
"""

import argparse
import time
from collections.abc import Callable

import torch
import torchaudio
from torch import Generator, Tensor

from core import Setting
from experiments.icbhi.features import PUBLISHED_FRAMES, PUBLISHED_WIDTH, Features, analyse
from experiments.icbhi.losses import supervised_contrastive
from experiments.icbhi.material import Material
from experiments.icbhi.network import Network
from experiments.icbhi.training import Training
from pann import ICBHI, published_coin, spec_augment

ROUNDS = 6
COMPARED = 3  # steps whose losses are compared
SCALE = (0.3690, 0.0255)
Step = Callable[[], Tensor]


def recipe(width: float, waveforms: Tensor, labels: Tensor) -> Step:
    """Make the step of the published code, on the device of the waveforms (batch, samples)."""
    device = waveforms.device
    mel = torchaudio.transforms.MelSpectrogram(
        ICBHI.sample_rate, n_fft=1024, hop_length=512, n_mels=64, f_min=50, f_max=2000
    ).to(device)
    decibels = torchaudio.transforms.AmplitudeToDB()
    network = Network("cnn6", width, classifier=False, projectors=1, seed=0).to(device).train()
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3, weight_decay=1e-4)
    generator = Generator().manual_seed(0)

    def view() -> Tensor:
        with torch.no_grad():
            logmel = decibels(mel(waveforms))[:, None]
            low, high = logmel.min(), logmel.max()
            logmel = (logmel - low) / (high - low)
            if published_coin(generator):
                span = round(PUBLISHED_WIDTH * logmel.shape[-1] / PUBLISHED_FRAMES)
                logmel = spec_augment(logmel, generator, time_width=span)
            return (logmel - SCALE[0]) / SCALE[1]

    def step() -> Tensor:
        projections = [network(view()[None]).projections[0][0] for _ in range(2)]
        loss = supervised_contrastive(torch.stack(projections), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return loss.detach()

    return step


def ours(
    width: float, waveforms: Tensor, labels: Tensor, precision: str = "float32", views: str = ""
) -> Step:
    """Make the step of the stage; what it does once a training is not in it."""
    setting = Setting(
        {
            **{"backbone": "cnn6", "width": width, "precision": precision},
            **{"method": "scl", "label": "class", "temperature": 0.06, "denominator": "all"},
            **{"views": views or "separate", "specaugment": "published"},
            **{"lr": 1e-3, "weight_decay": 1e-4, "epochs": 1},
        }
    )
    device = str(waveforms.device)
    logmels = analyse(waveforms.cpu().numpy(), ICBHI.sample_rate, device)
    everything = torch.arange(len(labels))
    material = Material(
        parts={"train": everything},
        features=Features(logmels, over_batch=True),
        labels={"class": labels.cpu()},
        weights=torch.ones(4),
    )
    training = Training(setting, material, device, 0)
    training.network.train()
    generator = Generator().manual_seed(0)
    return lambda: training.step(everything, generator)


def measure(steps: dict[str, Step]) -> dict[str, tuple[float, list[float]]]:
    """Give each step's shortest time in ms, as other work only adds to it, and first losses."""
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    losses: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, step in steps.items():
            start = time.perf_counter()
            losses[name].append(float(step()))  # a number waits for the GPU
            seconds[name].append(time.perf_counter() - start)
    return {name: (1e3 * min(seconds[name]), losses[name][:COMPARED]) for name in steps}


def main() -> None:
    """Print a line for the recipe, and one for each precision and way to see the views."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=float, default=0.25, help="share of the channels")
    parser.add_argument("--batch", type=int, default=32, help="cycles")
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    torch.manual_seed(0)
    waveforms = 0.1 * torch.randn(asked.batch, int(asked.seconds * ICBHI.sample_rate))
    waveforms = waveforms.to(asked.device)
    labels = torch.arange(asked.batch, device=asked.device) % 4
    steps = {"recipe": recipe(asked.width, waveforms, labels)}
    for precision in ("float32", "bfloat16"):
        for views in ("separate", "joint"):
            step = ours(asked.width, waveforms, labels, precision, views)
            steps[f"{precision}, views {views}"] = step
    found = measure(steps)
    plain, expected = found["recipe"]
    print(f"width {asked.width:g}, {asked.batch} cycles of {asked.seconds:g} s, {asked.device}")
    for name, (time_, losses) in found.items():
        off = max(abs(a - b) for a, b in zip(losses, expected, strict=True))
        print(f"{name}: {time_:.0f} ms, {plain / time_:.2f} × the recipe, loss off by {off:.1e}")


if __name__ == "__main__":
    main()
