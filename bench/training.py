"""Milliseconds of a training step of CNN6 by SupCon, beside the plain recipe.

Run it as `python bench/training.py`; `--help` lists its flags, `--device cuda` is for a GPU. The
recipe does as the published code does: log-mels from the waveforms in every step, normalised over
the batch, two views that pass one after the other, in float32. To reach on a CPU: 1.15 times the
recipe's speed in float32, and twice with bfloat16 where the CPU knows it; on a GPU: 4 times.
Losses of the first steps, from one start and with the same masks, are to differ by less than 1e-3.
"""

import torch
import torchaudio
from torch import Generator, Tensor

from experiments.icbhi.features import PUBLISHED_FRAMES, PUBLISHED_WIDTH, Features, analyse
from experiments.icbhi.losses import supervised_contrastive
from experiments.icbhi.material import Material
from experiments.icbhi.network import Network
from experiments.icbhi.training import Training
from pann import ICBHI, published_coin, spec_augment
from plans.icbhi import experiment
from steps import Step, measure, parser, report, setting_of

SCALE = (0.3690, 0.0255)
PUBLISHED = "table1_scratch/backbone=cnn6,method=scl,run=0"


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


def ours(width: float, waveforms: Tensor, labels: Tensor, **changed: object) -> Step:
    """Make the step of the stage, as published but for what is changed.

    What it does once a training is not in it.
    """
    device = str(waveforms.device)
    setting = setting_of(experiment, PUBLISHED, "encoder", {"width": width, **changed})
    logmels = analyse(waveforms.cpu().numpy(), ICBHI.sample_rate, device)
    training = Training(setting, material_of(logmels, labels), device, 0)
    return step_of(training, torch.arange(len(labels), device=device))


def material_of(logmels: Tensor, labels: Tensor) -> Material:
    """Make the material of a training on log-mels (n, 1, 64, frames), all on one device."""
    return Material(
        parts={"train": torch.arange(len(labels), device=logmels.device)},
        features=Features(logmels, over_batch=True),
        labels={"class": labels},
        weights=torch.full((4,), 0.25, device=logmels.device),
    )


def step_of(training: Training, cycles: Tensor) -> Step:
    """Make the step of a training on some cycles."""
    training.network.train()
    generator = Generator().manual_seed(0)
    return lambda: training.step(cycles, generator)


def main() -> None:
    """Print a line for the recipe, and one for each precision and way to see the views."""
    flags = parser(__doc__, width=0.25, batch=32)
    flags.add_argument("--compiled", action="store_true", help="also compile; takes minutes")
    flags.add_argument("--seconds", type=float, default=8, help="length of a cycle")
    asked = flags.parse_args()
    torch.set_num_threads(asked.threads)
    torch.manual_seed(0)
    waveforms = 0.1 * torch.randn(asked.batch, int(asked.seconds * ICBHI.sample_rate))
    waveforms = waveforms.to(asked.device)
    labels = torch.arange(asked.batch, device=asked.device) % 4
    steps = {"recipe": recipe(asked.width, waveforms, labels)}
    for compiled in {False, asked.compiled}:
        for precision in ("float32", "bfloat16"):
            for views in ("separate", "joint"):
                changed = {"precision": precision, "views": views, "compiled": compiled}
                name = ", ".join([precision, f"views {views}", *["compiled"] * compiled])
                steps[name] = ours(asked.width, waveforms, labels, **changed)
    print(f"cnn6, width {asked.width:g}, {asked.batch} cycles of {asked.seconds:g} s")
    report(measure(steps, asked.rounds))


if __name__ == "__main__":
    main()
