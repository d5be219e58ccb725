"""A training from its first epoch to its last, and the curves that it leaves."""

from collections.abc import Mapping
from typing import Protocol

from core import Output
from experiments.common.checkpoint import Stateful, run_epochs
from experiments.common.curves import Curves


class Trainable(Protocol):
    """What is trained an epoch at a time: `state` is all that an epoch changes."""

    state: Mapping[str, Stateful]

    @property
    def curves(self) -> Curves:
        """What is noted of every epoch."""

    def run_epoch(self, epoch: int) -> bool | None:
        """Train for one epoch, counted from 0, and note in the curves how it went.

        An epoch that answers True is the last one.
        """


def run_training(training: Trainable, output: Output) -> None:
    """Run all epochs, from the checkpoint if there is one, tell each, and store the curves.

    Raises Stopped as `run_epochs` does.
    """

    def run_epoch(epoch: int) -> bool | None:
        last = training.run_epoch(epoch)
        training.curves.tell(epoch, output)
        return last

    run_epochs(run_epoch, training.curves.epochs, training.state, output)
    training.curves.store(output)
