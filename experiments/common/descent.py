"""One step down a loss."""

from torch import Tensor
from torch.optim import Optimizer


def descend(loss: Tensor, optimiser: Optimizer) -> Tensor:
    """Take a step and give the loss before it, without its history."""
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    return loss.detach()
