"""The stage that trains a small teacher of made-up sounds, where no checkpoint is at hand."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.optim.lr_scheduler import OneCycleLR

from core import Inputs, Output, Setting
from experiments.common.batches import epoch_generator, shuffled
from experiments.common.checkpoint import Stateful
from experiments.common.curves import Curves
from experiments.common.descent import descend
from experiments.common.finite import mean_loss
from experiments.common.training import run_training
from experiments.transcoder.lessons import CLASSES, lessons
from experiments.transcoder.scenes import SECONDS
from experiments.transcoder.teachers import keep_teacher, small_network

TAUGHT = 80  # scenes
TESTED = 20
SEED = 0
BATCH_SIZE = 32
HIGHEST_LR = 0.02  # a third of the way; what is learnt in seconds wants a bold rate


def train(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Train a narrow classifier to name what is heard in seconds of a synthetic town.

    It knows these sounds alone, under AudioSet's names. Arrays: `loss` (epochs,), and `hits`, the
    share of other seconds with one sound that it names.
    """
    torch.set_num_threads(inputs.threads)
    mels, labels = (
        part.to(inputs.device) for part in lessons(setting.classifier, TAUGHT + TESTED, SEED)
    )
    taught = SECONDS * TAUGHT
    training = Training(setting, mels[:taught], labels[:taught])
    run_training(training, output)
    output["hits"] = _hits(training.network, mels[taught:], labels[taught:])
    keep_teacher(training.network, setting.teacher_width, CLASSES, output)


class Training:
    """A teacher and what trains it, on log-mels (n, T, 64) and what is heard (n, classes)."""

    def __init__(self, setting: Setting, mels: Tensor, labels: Tensor) -> None:
        self.mels = mels
        self.labels = labels
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(SEED)
            network = small_network(setting.classifier, setting.teacher_width, len(CLASSES))
        self.network = network.to(mels.device)
        self.optimiser = torch.optim.Adam(self.network.parameters(), fused=True)
        self.schedule = OneCycleLR(
            self.optimiser,
            HIGHEST_LR,
            epochs=setting.teacher_epochs,
            steps_per_epoch=math.ceil(len(mels) / BATCH_SIZE),
        )
        self.curves = Curves(setting.teacher_epochs)
        self.state: Mapping[str, Stateful] = {
            "network": self.network,
            "optimiser": self.optimiser,
            "schedule": self.schedule,
            "curves": self.curves,
        }

    def run_epoch(self, epoch: int) -> None:
        """Train for one epoch, counted from 0."""
        self.network.train()
        batches = shuffled(torch.arange(len(self.mels)), BATCH_SIZE, epoch_generator(SEED, epoch))
        losses = torch.stack([self.step(rows.to(self.mels.device)) for rows in batches])
        self.curves.note(epoch, loss=mean_loss(losses, epoch, HIGHEST_LR))

    def step(self, rows: Tensor) -> Tensor:
        """Take a step on some seconds, and give the loss before it."""
        logits = self.network(self.mels[rows])
        loss = descend(binary_cross_entropy_with_logits(logits, self.labels[rows]), self.optimiser)
        self.schedule.step()
        return loss


@torch.inference_mode()
def _hits(network: nn.Module, mels: Tensor, labels: Tensor) -> float:
    """Give the share of seconds with one sound whose highest score is that sound's."""
    network.eval()
    alone = labels.sum(1) == 1
    found = network(mels[alone]).argmax(1)
    return float((found == labels[alone].argmax(1)).float().mean())
