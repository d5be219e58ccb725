"""The stage that trains a small teacher of made-up sounds, where no checkpoint is at hand."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.optim.lr_scheduler import OneCycleLR

from core import Inputs, Output, Setting
from experiments.common.batches import epoch_generator, shuffled
from experiments.common.checkpoint import Stateful, run_epochs
from experiments.common.curves import Curves
from experiments.common.descent import descend
from experiments.common.finite import mean_loss
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
    network = _network(setting).to(inputs.device)
    optimiser = torch.optim.Adam(network.parameters(), fused=True)
    schedule = OneCycleLR(
        optimiser,
        HIGHEST_LR,
        epochs=setting.teacher_epochs,
        steps_per_epoch=math.ceil(taught / BATCH_SIZE),
    )
    curves = Curves(setting.teacher_epochs)

    def run_epoch(epoch: int) -> None:
        network.train()
        losses = []
        for rows in shuffled(torch.arange(taught), BATCH_SIZE, epoch_generator(SEED, epoch)):
            rows = rows.to(inputs.device)
            loss = binary_cross_entropy_with_logits(network(mels[rows]), labels[rows])
            losses.append(descend(loss, optimiser))
            schedule.step()
        curves.note(epoch, loss=mean_loss(torch.stack(losses), epoch, HIGHEST_LR))
        curves.tell(epoch, output)

    state: Mapping[str, Stateful] = {
        "network": network,
        "optimiser": optimiser,
        "schedule": schedule,
        "curves": curves,
    }
    run_epochs(run_epoch, setting.teacher_epochs, state, output)
    curves.store(output)
    output["hits"] = _hits(network, mels[taught:], labels[taught:])
    keep_teacher(network, setting.teacher_width, CLASSES, output)


def _network(setting: Setting) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(SEED)
        return small_network(setting.classifier, setting.teacher_width, len(CLASSES))


@torch.inference_mode()
def _hits(network: nn.Module, mels: Tensor, labels: Tensor) -> float:
    """Give the share of seconds with one sound whose highest score is that sound's."""
    network.eval()
    alone = labels.sum(1) == 1
    found = network(mels[alone]).argmax(1)
    return float((found == labels[alone].argmax(1)).float().mean())
