"""What a training leaves behind of every epoch, and the epochs that can be chosen from it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.scores import score
from experiments.common import curves as common
from experiments.icbhi.network import CLASSES

# For each way to choose an epoch but the last: the part whose score decides.
CHOSEN_ON = {"best_on_test": "test", "held_out": "held_out"}


class Curves(common.Curves):
    """Curves of a training of so many epochs: `arrays`, one row an epoch.

    `loss` and `lr`; of a network that classifies, `confusion_test` and `confusion_held_out`
    (epochs, 4, 4), `predictions` (epochs, test cycles), and the test cycles' logits at the
    epoch of each selection, `logits_best_on_test`, `logits_held_out`, `logits_last`: one
    training serves every selection. Without held-out cycles, what depends on them is absent.
    """

    def add_answers(
        self, epoch: int, logits: Mapping[str, Tensor], labels: Mapping[str, Tensor]
    ) -> None:
        """Note an epoch's logits (cycles, 4) and what they should be, on the CPU, by part."""
        for part, answers in logits.items():
            pairs = labels[part] * CLASSES + answers.argmax(1)
            counts = torch.bincount(pairs, minlength=CLASSES**2)
            self.row(f"confusion_{part}", epoch, counts.reshape(CLASSES, CLASSES))
        self.row("predictions", epoch, logits["test"].argmax(1).to(torch.uint8))
        self.arrays["logits_last"] = logits["test"]
        for selection, part in CHOSEN_ON.items():
            # Of equal scores argmax takes the first, here as in evaluation.
            if part in logits and self._scores(part, epoch).argmax() == epoch:
                self.arrays[f"logits_{selection}"] = logits["test"]

    def shown(self, epoch: int) -> dict[str, float]:
        """Give loss, learning rate and the scores so far."""
        scored = [part for part in CHOSEN_ON.values() if f"confusion_{part}" in self.arrays]
        told = {name: float(self.arrays[name][epoch]) for name in ("loss", "lr")}
        return told | {f"Sc_{part}": float(self._scores(part, epoch)[epoch]) for part in scored}

    def _scores(self, part: str, last: int) -> np.ndarray[Any, Any]:
        return score(self.arrays[f"confusion_{part}"][: last + 1].numpy())
