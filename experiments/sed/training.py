"""The stage that trains a network on weak labels: which classes are in a clip, not where."""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.optim.lr_scheduler import ReduceLROnPlateau

from core import Inputs, Output, Setting
from experiments.common.batches import epoch_generator, shuffled
from experiments.common.best import Best
from experiments.common.checkpoint import Stateful
from experiments.common.compiled import compile_network
from experiments.common.curves import Curves
from experiments.common.descent import descend
from experiments.common.finite import mean_loss
from experiments.common.placement import place
from experiments.common.precision import precision_of
from experiments.common.training import run_training
from experiments.sed.clip_scores import micro_average_precision
from experiments.sed.clips import clips_on
from experiments.sed.losses import multi_task
from experiments.sed.material import Mixtures
from experiments.sed.network import build, save_weights
from experiments.sed.parts import divide

PATIENCE = 3  # epochs without a better score, before the learning rate falls
FACTOR = 0.1
THRESHOLD = 1e-4  # of the best score so far


def train(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Train a network and leave its state after the best epoch, `network.pt`.

    Arrays, (epochs,): `loss` and `valid_loss`, mean losses; `train_ap` and `valid_ap`, micro
    average precision, that of training from answers given while learning; `lr`. `epoch`: after how
    many epochs `valid_ap` was highest for the first time.
    """
    torch.set_num_threads(inputs.threads)
    training = Training(setting, inputs)
    run_training(training, output)
    output["epoch"] = training.best.epoch
    output.info["shape"] = vars(training.network.shape)
    output.info["parameters"] = sum(p.numel() for p in training.network.parameters())
    output.info["clips"] = {name: len(rows) for name, rows in training.parts.items()}
    save_weights(training.best.weights, output.folder)


class Training:
    """A network and what trains it."""

    def __init__(self, setting: Setting, inputs: Inputs) -> None:
        self.setting = setting
        self.inputs = inputs
        self.alpha = setting.alpha if "alpha" in setting else 0.0
        mixtures = Mixtures(inputs.shares("mixtures"))
        parts = divide(mixtures.column("fold"), setting.fold, setting.selection)
        self.parts = {n: torch.from_numpy(rows).to(inputs.device) for n, rows in parts.items()}
        self.clips = clips_on(mixtures, inputs.device)
        network = build(setting, mixtures.shape, inputs.seed)
        mean, std = mixtures.statistics(parts["train"])
        network.standardise(torch.from_numpy(mean), torch.from_numpy(std))
        self.network = place(network, inputs.device)
        if setting.compiled:
            compile_network(self.network, inputs.device)
        # Adam, not AdamW: weight decay is added to the gradient, as published.
        self.optimiser = torch.optim.Adam(
            self.network.parameters(), setting.lr, weight_decay=setting.weight_decay, fused=True
        )
        self.scheduler = ReduceLROnPlateau(
            self.optimiser, mode="max", patience=PATIENCE, factor=FACTOR, threshold=THRESHOLD
        )
        self.curves = Curves(setting.epochs)
        self.best = Best()
        self.state: Mapping[str, Stateful] = {
            "network": self.network,
            "optimiser": self.optimiser,
            "scheduler": self.scheduler,
            "curves": self.curves,
            "best": self.best,
        }

    def run_epoch(self, epoch: int) -> None:
        """Train for one epoch, counted from 0, validate, and let the score set the next rate."""
        lr = self.optimiser.param_groups[0]["lr"]
        train = self.learn(epoch)
        self.curves.note(epoch, lr=lr, loss=train.loss(epoch, lr), train_ap=train.micro_ap())
        valid = self.validate()
        self.curves.note(epoch, valid_loss=valid.loss(epoch, lr), valid_ap=valid.micro_ap())
        score = float(self.curves.arrays["valid_ap"][epoch])
        self.scheduler.step(score)
        self.best.offer(score, epoch + 1, self.network)

    def learn(self, epoch: int) -> "Tally":
        """Take a step on every batch of the training part."""
        generator = epoch_generator(self.inputs.seed, epoch)
        self.network.train()
        tally = Tally()
        for rows in shuffled(self.parts["train"], self.setting.batch_size, generator):
            loss, clips, target = self.answer(rows)
            tally.add(descend(loss, self.optimiser), clips, target)
        return tally

    @torch.inference_mode()
    def validate(self) -> "Tally":
        """Answer the validation part."""
        self.network.eval()
        tally = Tally()
        for rows in torch.split(self.parts["valid"], self.setting.batch_size):
            tally.add(*self.answer(rows))
        return tally

    def answer(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Give the loss of some clips, what is said of them and what is true, (n, classes)."""
        logmel, target = self.clips.batch(rows)
        with precision_of(self.setting.precision, self.inputs.device):
            answer = self.network(logmel)
        return multi_task(answer, target, self.alpha), answer.clips, target


class Tally:
    """Losses and answers of the batches of an epoch; they stay on the device until asked for."""

    def __init__(self) -> None:
        self._losses: list[Tensor] = []
        self._clips: list[Tensor] = []
        self._targets: list[Tensor] = []

    def add(self, loss: Tensor, clips: Tensor, target: Tensor) -> None:
        """Take the loss of a batch, its probabilities and its target, both (n, classes)."""
        self._losses.append(loss)
        self._clips.append(clips.detach().clone())  # compiled, a network writes its next one there
        self._targets.append(target)

    def loss(self, epoch: int, lr: float) -> float:
        """Give the mean loss of the batches; raises NotFinite where one is no number."""
        return mean_loss(torch.stack(self._losses), epoch, lr)

    def micro_ap(self) -> float:
        """Give the average precision of all clips and classes, taken together."""
        targets, clips = (torch.cat(x).cpu().numpy() for x in (self._targets, self._clips))
        return micro_average_precision(targets, clips)
