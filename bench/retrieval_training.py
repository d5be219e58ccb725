"""Milliseconds of InfoNCE and of a training step of the dual encoder, beside the plain recipe.

Run it as `python bench/retrieval_training.py`; `--help` lists its flags, `--device cuda` is for a
GPU. The recipe does as the published code does: the loss pair by pair, channels first, zeros behind
the clips heard, every activation a tensor of its own, Adam one tensor at a time. To reach: 100
times the recipe's InfoNCE, forward and backward, of 256 pairs; steps not slower than the recipe's.
The loss of the first step, from one start and with the recipe's padding ("zero"), is to differ by
less than 1e-3; where padding is masked it is another.
"""

import argparse
import tempfile
from copy import deepcopy
from itertools import repeat
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, normalize

from core import Inputs, Record
from experiments.retrieval.ahead import ahead
from experiments.retrieval.loss import info_nce
from experiments.retrieval.network import Network
from experiments.retrieval.training import Training
from plans.retrieval import experiment
from steps import Step, measure, parser, report, setting_of

DIM, CAPTIONS, BANDS, TAU = 768, 5, 64, 0.07
STILL = {"init": "scratch", "conv_dropout": 0, "fc_dropout": 0}
"""Changes of the published setting with which its losses can be compared."""
FRAMES = (751, 1501)  # 15 to 30 s of the published front end


def looped(audio: Tensor, text: Tensor, clip: list[int]) -> Tensor:
    """InfoNCE as it is published, a pair at a time."""
    loss = torch.zeros((), device=audio.device)
    for i in range(len(clip)):
        others = [j for j in range(len(clip)) if clip[j] != clip[i] or j == i]
        matched = torch.exp(torch.dot(audio[i], text[i]) / TAU)
        to_clips = torch.exp(torch.mv(audio[others], text[i]) / TAU).sum()
        to_texts = torch.exp(torch.mv(text[others], audio[i]) / TAU).sum()
        loss = loss - torch.log(matched / to_clips) - torch.log(matched / to_texts)
    return loss / len(clip)


class Recipe(nn.Module):
    """The network as it is published, of the layers of ours but without their layout."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, logmel: Tensor, embeddings: Tensor) -> tuple[Tensor, Tensor]:
        """Give unit vectors of clips (n, frames, 64) and of captions (n, dim)."""
        audio = self.network.audio
        x = audio.bn0(logmel.transpose(1, 2)[..., None]).transpose(1, 3)
        for block in audio.blocks:
            x = torch.relu(block.bn1(block.conv1(x)))
            x = torch.relu(block.bn2(block.conv2(x)))
            x = avg_pool2d(x, 2)
        x = torch.mean(x, dim=3)
        x = torch.max(x, dim=2).values + torch.mean(x, dim=2)
        clips = audio.projection(torch.relu(audio.fc1(x)))
        return normalize(clips), normalize(self.network.text(embeddings))


def recipe(training: Training, captions: Tensor) -> Step:
    """Make the recipe's step on some captions, from the weights that our training starts with."""
    part, device = training.parts["train"], training.inputs.device
    network = deepcopy(training.network).to(memory_format=torch.contiguous_format)
    recipe = Recipe(network).train()
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3, foreach=False)
    embeddings, clip = part.embeddings, part.clip[captions].tolist()

    def step() -> Tensor:
        logmels = [torch.from_numpy(np.array(part.clips[part.rows[i]])) for i in clip]
        batch = nn.utils.rnn.pad_sequence(logmels, batch_first=True).to(device)
        loss = looped(*recipe(batch, embeddings[captions.to(device)]), clip)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return loss.detach()

    return step


def ours(folder: Path, width: float, device: str, **changed: object) -> Training:
    """Make our training on the material of a folder, as the baseline's but for what is changed."""
    setting = setting_of(experiment, "baseline/", "training", {"width": width, **STILL, **changed})
    records = {name: Record(folder) for name in ("captions", "embeddings", "clips")}
    training = Training(setting, Inputs(records, device=device))
    training.network.train()
    return training


def step_of(training: Training, captions: Tensor) -> Step:
    """Make our step; its clips are read anew while the step before is taken."""
    part = training.parts["train"]
    batches = ahead(part.read, repeat(captions))
    return lambda: training.step(part, next(batches))


def one_of_each(training: Training) -> Tensor:
    """Give a caption of each clip: of the thousands of an epoch, few batches hold a clip twice."""
    return torch.arange(0, len(training.parts["train"].clip), CAPTIONS)


def write_material(folder: Path, clips: int) -> None:
    """Write noise as clips of development and validation, with captions and embeddings."""
    rng = np.random.default_rng(0)
    frames = rng.integers(*FRAMES, size=clips, endpoint=True)
    noise = rng.standard_normal((frames.sum(), BANDS)) - 10
    arrays = {
        "logmel": noise.astype(np.float32),
        "first": np.cumsum([0, *frames]),
        "split": np.array(["validation"] + ["development"] * (clips - 1)),
        "fname": np.arange(clips).astype(str),
        "clip": np.repeat(np.arange(clips), CAPTIONS),
        "embedding": rng.standard_normal((clips * CAPTIONS, DIM)).astype(np.float32),
    }
    for name, values in arrays.items():
        np.save(folder / f"{name}.npy", values)


def compare_losses(pairs: int, device: str, rounds: int) -> None:
    """Print a line for InfoNCE of so many pairs, forward and backward."""
    generator = torch.Generator().manual_seed(0)
    clip = torch.randint(pairs, (pairs,), generator=generator)
    audio, text = (
        normalize(torch.randn(pairs, 300, generator=generator)).to(device).requires_grad_()
        for _ in range(2)
    )
    ids, on_device = clip.tolist(), clip.to(device)

    def both(loss: Tensor) -> Tensor:
        torch.autograd.grad(loss, (audio, text))[0].sum().item()  # waits for the GPU
        return loss.detach()

    (slow, expected), (fast, losses) = (
        measure({"": step}, rounds * times)[""]
        for step, times in (
            (lambda: both(looped(audio, text, ids)), 2),
            (lambda: both(info_nce(audio, text, on_device, TAU)), 50),
        )
    )
    print(
        f"InfoNCE of {pairs} pairs: loop {1e3 * slow:.1f} ms, ours {1e3 * fast:.2f} ms, "
        f"{slow / fast:.0f} ×, loss off by {abs(losses[0] - expected[0]):.1e}"
    )


def compare_steps(asked: argparse.Namespace) -> None:
    """Print a line for the recipe, and one for each of our ways."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_material(folder, asked.batch + 1)
        ways = {"zero": {}, "masked": {"padding": "masked"}, "bfloat16": {"precision": "bfloat16"}}
        trainings = {
            way: ours(folder, asked.width, asked.device, **changed) for way, changed in ways.items()
        }
        captions = one_of_each(trainings["zero"])
        steps = {"recipe": recipe(trainings["zero"], captions)}
        steps |= {way: step_of(training, captions) for way, training in trainings.items()}
        print(f"cnn14, width {asked.width:g}, {asked.batch} clips of 15 to 30 s")
        report(measure(steps, asked.rounds), compared=1)


def main() -> None:
    """Print the figures of the loss, then those of the steps."""
    asked = parser(__doc__, width=0.25, batch=8, threads=2).parse_args()
    torch.set_num_threads(asked.threads)
    for pairs in (32, 64, 128, 256):
        compare_losses(pairs, asked.device, asked.rounds)
    compare_steps(asked)


if __name__ == "__main__":
    main()
