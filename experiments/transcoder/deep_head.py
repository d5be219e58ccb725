"""Small classifiers on a teacher's scores, one for each turn of the folds, trained side by side."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.nn.utils.rnn import pad_sequence

from core import Inputs, Output, Setting
from core.errors import DataError
from experiments.common.batches import epoch_generator, shuffled
from experiments.common.checkpoint import Stateful
from experiments.common.curves import Curves
from experiments.common.finite import mean_loss
from experiments.common.training import run_training
from experiments.transcoder.clips import Array
from experiments.transcoder.rotation import Turn

HIDDEN = 100


class DeepHeads(nn.Module):
    """Heads from scores (heads, n, inputs) to logits (heads, n, classes), all in one product.

    A head is two linear layers, 100 wide between and without activation, as published. All start
    from the same weights, drawn from the seed.

    Attributes
    ----------
    separate:
        The parameters of each head, which share their memory with the module's own: an optimiser
        of these leaves a head alone that has no gradient.
    """

    def __init__(self, heads: int, inputs: int, classes: int, seed: int, device: str) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            layers = nn.Linear(inputs, HIDDEN), nn.Linear(HIDDEN, classes)
        drawn = [drawn for layer in layers for drawn in (layer.weight.mT, layer.bias[None])]
        self.together = nn.ParameterList(
            one.detach().to(device).repeat(heads, 1, 1) for one in drawn
        )
        self.separate = [
            [nn.Parameter(shared.detach()[head]) for shared in self.together]
            for head in range(heads)
        ]

    def forward(self, scores: Tensor) -> Tensor:
        """Give logits (heads, n, classes) of scores (heads, n, inputs)."""
        weight, bias, last_weight, last_bias = self.together
        return torch.baddbmm(last_bias, torch.baddbmm(bias, scores, weight), last_weight)

    def hand_out_gradients(self, heads: Sequence[bool]) -> None:
        """Give those heads their part of the gradients, and the others none; forget the whole."""
        for head, wanted in enumerate(heads):
            for own, shared in zip(self.separate[head], self.together, strict=True):
                assert shared.grad is not None, "a loss went back before"
                own.grad = shared.grad[head] if wanted else None
        self.zero_grad()


class Training:
    """Heads, and what trains each on the clips of its turn: binary cross-entropy and Adam.

    `scores` (clips, inputs) and `labels` (clips, classes) of 0 and 1 are on the task's device. A
    head is what it would be if it was trained alone: its batches depend on its own clips.
    """

    def __init__(
        self,
        setting: Setting,
        inputs: Inputs,
        scores: Tensor,
        labels: Tensor,
        turns: Sequence[Turn],
    ) -> None:
        self.setting = setting
        self.seed = inputs.seed
        self.scores = scores
        self.labels = labels
        self.turns = [[torch.from_numpy(clips) for clips in turn] for turn in turns]
        sizes = len(turns), scores.shape[1], labels.shape[1]
        self.heads = DeepHeads(*sizes, inputs.seed, inputs.device)
        separate = [own for head in self.heads.separate for own in head]
        self.optimiser = torch.optim.Adam(separate, setting.head_lr, fused=True)
        self.curves = Curves(setting.head_epochs)
        self.state: Mapping[str, Stateful] = {
            "heads": self.heads,
            "optimiser": self.optimiser,
            "curves": self.curves,
        }

    def run_epoch(self, epoch: int) -> None:
        """Train all heads for one epoch, counted from 0; their clips may be more or fewer."""
        size = self.setting.head_batch_size
        batches = [
            shuffled(train, size, epoch_generator(self.seed, epoch)) for train, _ in self.turns
        ]
        nothing = torch.empty(0, dtype=torch.long)
        losses = [self.step(rows) for rows in zip_longest(*batches, fillvalue=nothing)]
        self.curves.note(epoch, loss=mean_loss(torch.stack(losses), epoch, self.setting.head_lr))

    def step(self, batches: Sequence[Tensor]) -> Tensor:
        """Take a step of each head that has a batch left, and give the mean loss before it."""
        sizes = torch.tensor([len(rows) for rows in batches])
        rows = pad_sequence(list(batches), batch_first=True)
        # The mean over each head's own clips, however many stand beside them.
        shares = (torch.arange(rows.shape[1]) < sizes[:, None]) / sizes[:, None].clamp(min=1)
        rows, shares = rows.to(self.scores.device), shares.to(self.scores.device)
        errors = binary_cross_entropy_with_logits(
            self.heads(self.scores[rows]), self.labels[rows], reduction="none"
        )
        loss = (errors.mean(2) * shares).sum()
        loss.backward()  # type: ignore[no-untyped-call]
        self.heads.hand_out_gradients((sizes > 0).tolist())
        self.optimiser.step()
        return loss.detach() / (sizes > 0).sum()

    @torch.no_grad()
    def answers(self) -> Array:
        """Give the scores (clips, classes) of every clip that tests, by the head of its turn."""
        tests = [test for _, test in self.turns]
        rows = pad_sequence(tests, batch_first=True).to(self.scores.device)
        found = self.heads(self.scores[rows]).sigmoid().cpu().numpy()
        answers = np.zeros(tuple(self.labels.shape), np.float32)
        for test, of_head in zip(tests, found, strict=True):
            answers[test] = of_head[: len(test)]
        return answers


def learn(
    setting: Setting,
    inputs: Inputs,
    output: Output,
    scores: Array,
    labels: Array,
    turns: Sequence[Turn],
) -> Array:
    """Train a head for each turn, and score its test clips with it: (clips, classes) in [0, 1].

    `scores` (clips, inputs), `labels` (clips, classes) of 0 and 1. The heads of the last epoch
    answer; clips that never test have 0. Leaves the array `loss` (epochs,).

    Raises
    ------
    DataError
        A turn has no clips to train on.
    NotFinite
        A loss is no number.
    """
    if not all(len(turn.train) for turn in turns):
        raise DataError(
            "deep=1 has nothing to train on: the target has a single fold, or no part named "
            "train; add others, or take deep=0, which needs no training"
        )
    torch.set_num_threads(inputs.threads)
    training = Training(setting, inputs, _tensor(scores, inputs), _tensor(labels, inputs), turns)
    run_training(training, output)
    return training.answers()


def _tensor(array: Array, inputs: Inputs) -> Tensor:
    """Copy an array, which may be mapped read-only, to the task's device."""
    return torch.from_numpy(np.array(array, np.float32)).to(inputs.device)
