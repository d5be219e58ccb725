"""Losses are numbers, or training stops."""

from torch import Tensor

from core.errors import SonoplanError


class NotFinite(SonoplanError, FloatingPointError):
    """A loss has become infinite or NaN."""


def mean_loss(losses: Tensor, epoch: int, lr: float) -> float:
    """Give the mean of an epoch's losses (batches,); `epoch` is counted from 0.

    The losses are looked at once an epoch: a look at each would make a GPU wait for it.
    Raises NotFinite, which names the first batch, where one is infinite or NaN.
    """
    bad = losses.isfinite().logical_not().nonzero()
    if len(bad):
        batch = int(bad[0])
        raise NotFinite(
            f"the loss is {losses[batch].item()} in epoch {epoch + 1}, batch {batch + 1} of "
            f"{len(losses)}, at learning rate {lr:.3g}; try a lower lr, or precision=float32"
        )
    return float(losses.mean())
