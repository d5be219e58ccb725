"""The stage that trains a transcoder, by the mels or by the scores of its teacher."""

from collections.abc import Mapping

import torch
from torch import Tensor

from core import Inputs, Output, Setting
from experiments.common.batches import epoch_generator, shuffled
from experiments.common.best import Best
from experiments.common.checkpoint import Stateful
from experiments.common.curves import Curves
from experiments.common.descent import descend
from experiments.common.finite import mean_loss
from experiments.common.precision import precision_of
from experiments.common.training import run_training
from experiments.transcoder.material import Part, load_part
from experiments.transcoder.models import Model, make_model, save_weights
from experiments.transcoder.objective import objective


def train(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Train a transcoder and leave the state with the lowest validation loss, `transcoder.pt`.

    Arrays: `train` (epochs,), mean loss of each epoch; `valid` (epochs,), that of the validation
    part after it; `untrained`, that before the first. The network as it was drawn is one of the
    states to choose from, as published.
    """
    torch.set_num_threads(inputs.threads)
    training = Training(setting, inputs)
    training.begin()
    run_training(training, output)
    output["epoch"] = training.best.epoch
    learnt = sum(p.numel() for p in training.model.transcoder.parameters())
    output.info["parameters"] = learnt
    save_weights(training.best.weights, output.folder)


class Training:
    """A transcoder and what trains it."""

    def __init__(self, setting: Setting, inputs: Inputs) -> None:
        self.setting = setting
        self.inputs = inputs
        self.model: Model = make_model(setting, inputs)
        self.loss = objective(setting)
        needs = {"mels": self.loss.of_mels, "scores": self.loss.of_scores}
        self.parts: Mapping[str, Part] = {
            name: load_part(setting, inputs, name, **needs) for name in ("train", "valid")
        }
        self.optimiser = torch.optim.Adam(
            self.model.transcoder.parameters(), setting.lr, fused=True
        )
        self.curves = Curves(setting.epochs)
        self.curves.arrays = {n: torch.zeros(setting.epochs) for n in ("train", "valid")}
        self.best = Best()
        self.state: Mapping[str, Stateful] = {
            "model": self.model.transcoder,
            "optimiser": self.optimiser,
            "curves": self.curves,
            "best": self.best,
        }

    def begin(self) -> None:
        """Validate what is there before the first epoch; a checkpoint replaces all of this."""
        untrained = self.validate()
        self.curves.arrays["untrained"] = torch.tensor(untrained)
        self.best.offer(-untrained, 0, self.model.transcoder)

    def run_epoch(self, epoch: int) -> None:
        """Train for one epoch, counted from 0, and validate what came of it."""
        part = self.parts["train"]
        torch.manual_seed(self.inputs.seed + epoch)  # of dropout, in students
        generator = epoch_generator(self.inputs.seed, epoch)
        batches = shuffled(part.rows, self.setting.batch_size, generator)
        self.model.train()
        losses = torch.stack([descend(self.step(part, rows), self.optimiser) for rows in batches])
        valid = self.validate()
        lr = self.setting.lr
        self.curves.note(epoch, train=mean_loss(losses, epoch, lr), valid=valid)
        self.best.offer(-valid, epoch + 1, self.model.transcoder)

    def validate(self) -> float:
        """Give the mean loss over the seconds of the validation part."""
        part = self.parts["valid"]
        self.model.train(self.setting.get("mode") == "train")
        total = torch.zeros((), dtype=torch.float64, device=self.inputs.device)
        with torch.no_grad():
            for rows in torch.split(part.rows, self.setting.batch_size):
                total += len(rows) * self.step(part, rows).double()
        return float(total) / len(part)

    def step(self, part: Part, rows: Tensor) -> Tensor:
        """Give the loss of some seconds of a part."""
        levels, truth = part.batch(rows)
        with precision_of(self.setting.precision, self.inputs.device):
            answer = self.model(levels, mels=self.loss.of_mels, scores=self.loss.of_scores)
        return self.loss(answer, truth)
