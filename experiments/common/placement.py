"""Networks on a device."""

from typing import TypeVar

import torch
from torch import nn

Module = TypeVar("Module", bound=nn.Module)


def place(module: Module, device: str) -> Module:
    """Move a network to a device, channels last: up to twice as fast on CPUs."""
    moved = module.to(device)
    # torch's stub of `to` leaves out this argument.
    return moved.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]
