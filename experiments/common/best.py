"""The state of a network at the highest score so far."""

from typing import Any

from torch import Tensor, nn


class Best:
    """Keeps a copy of the best state; a checkpoint holds it like any other part of a training.

    Attributes
    ----------
    score, epoch:
        The highest score, and after how many epochs it was. Of equal ones the first is kept.
    weights:
        The network's state then, on the CPU.
    """

    def __init__(self) -> None:
        self.score = float("-inf")
        self.epoch = 0
        self.weights: dict[str, Tensor] = {}

    def offer(self, score: float, epoch: int, network: nn.Module) -> None:
        """Take the network's state after `epoch` epochs where its score is the highest so far."""
        if score > self.score:
            self.score, self.epoch = score, epoch
            self.weights = {n: t.detach().cpu().clone() for n, t in network.state_dict().items()}

    def state_dict(self) -> dict[str, Any]:
        """Give everything."""
        return vars(self)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Become what the state was given by."""
        vars(self).update(state)
