"""The stage that trains a network by one of the methods."""

from collections.abc import Mapping
from functools import partial

import torch
from torch import Generator, Tensor

import pann
from core import Inputs, Output, Setting
from experiments.common.audioset import load_audioset
from experiments.common.batches import epoch_generator, shuffled
from experiments.common.checkpoint import Stateful
from experiments.common.compiled import compile_network
from experiments.common.descent import descend
from experiments.common.finite import mean_loss
from experiments.common.placement import place
from experiments.common.precision import precision_of
from experiments.common.schedule import learning_rate
from experiments.common.training import run_training
from experiments.icbhi.curves import Curves
from experiments.icbhi.losses import Weighting
from experiments.icbhi.material import Material, load_material
from experiments.icbhi.methods import METHODS
from experiments.icbhi.network import Answer, Network, save_network


def train(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Train a network and leave its curves (see Curves) and its last state, `network.pt`."""
    torch.set_num_threads(inputs.threads)
    weighting: Weighting = setting.class_weights if "class_weights" in setting else "none"
    learnt = [setting[name] for name in ("label", "metadata") if name in setting]
    material = load_material(setting, inputs, weighting, map(str, learnt))
    training = Training(setting, material, inputs.device, inputs.seed)
    output.info["parameters"] = sum(p.numel() for p in training.network.parameters())
    if setting.init == "audioset":
        # The published weights read 32 kHz, 50 to 14000 Hz, normalised by band, rows as frames and
        # columns as bands; here they read other log-mels, and transposed, as published.
        load = partial(pann.load_trunk, training.network.trunk)
        output.info["weights"] = load_audioset(setting, inputs.models, load)
    run_training(training, output)
    save_network(training.network, output.folder)


class Training:
    """A network and what trains it."""

    def __init__(self, setting: Setting, material: Material, device: str, seed: int) -> None:
        self.setting = setting
        self.material = material
        self.device = device
        self.seed = seed
        self.method = METHODS[setting.method]
        network = Network(
            setting.backbone,
            setting.width,
            classifier=self.method.classifier,
            projectors=self.method.projectors,
            seed=seed,
        )
        self.network = place(network, device)
        if setting.compiled:
            compile_network(self.network, device)
        # Adam, not AdamW: weight decay is added to the gradient, as published.
        self.optimiser = torch.optim.Adam(
            self.network.parameters(), setting.lr, weight_decay=setting.weight_decay, fused=True
        )
        self.curves = Curves(setting.epochs)
        self.state: Mapping[str, Stateful] = {
            "network": self.network,
            "optimiser": self.optimiser,
            "curves": self.curves,
        }

    def run_epoch(self, epoch: int) -> None:
        """Train for one epoch, counted from 0, and note in the curves how it went."""
        setting = self.setting
        lr = learning_rate(setting.schedule, setting.lr, epoch, setting.epochs)
        for group in self.optimiser.param_groups:
            group["lr"] = lr
        generator = epoch_generator(self.seed, epoch)
        batches = shuffled(self.material.parts["train"], setting.batch_size, generator)
        self.network.train()
        losses = torch.stack([self.step(batch, generator) for batch in batches])
        self.curves.note(epoch, loss=mean_loss(losses, epoch, lr), lr=lr)
        if self.method.classifier:
            self.material.judge(epoch, self.classify, self.curves)

    def step(self, batch: Tensor, generator: Generator) -> Tensor:
        """Take one step on the cycles of a batch, and give the loss before it."""
        features = self.material.features
        normalised = features.batch(batch)
        views = [
            features.view(normalised, self.setting.specaugment, generator)
            for _ in range(self.method.views)
        ]
        answer = self.answer(torch.stack(views))
        labels = {name: all_[batch] for name, all_ in self.material.labels.items()}
        loss = self.method.loss(self.setting, answer, labels, self.material.weights)
        return descend(loss, self.optimiser)

    @torch.inference_mode()
    def classify(self, cycles: Tensor) -> Tensor:
        """Give logits (cycles, 4), on the CPU, of cycles that are not augmented."""
        features = self.material.features
        self.network.eval()
        logits = []
        for batch in torch.split(cycles, self.setting.batch_size):
            answer = self.answer(features.finish(features.batch(batch))[None])
            assert answer.logits is not None
            logits.append(answer.logits[0].to(torch.float32, copy=True))
        return torch.cat(logits).cpu()

    def answer(self, views: Tensor) -> Answer:
        """Pass features (views, batch, 1, mel, frames) through the network."""
        separate = self.setting.get("views") == "separate"
        with precision_of(self.setting.precision, self.device):
            answer: Answer = self.network(views, separate)
        return answer
