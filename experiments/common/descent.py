"""One step down a loss."""

from torch import Tensor
from torch.optim import Optimizer


def descend(loss: Tensor, optimiser: Optimizer) -> Tensor:
    """Take a step and give the loss before it, without its history."""
    loss.backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    optimiser.zero_grad()  # now, not in the next step: what passes forwards needs the memory
    return loss.detach()
