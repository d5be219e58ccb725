"""Networks and tensors on a device."""

from typing import TypeVar

import torch
from torch import Tensor, nn

Module = TypeVar("Module", bound=nn.Module)


def place(module: Module, device: str) -> Module:
    """Move a network to a device, channels last: up to twice as fast on CPUs."""
    moved = module.to(device)
    # torch's stub of `to` leaves out this argument.
    return moved.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def send(tensor: Tensor, device: torch.device) -> Tensor:
    """Bring a tensor from the CPU to a device.

    A GPU fetches it when it comes to that; were the memory not pinned, the CPU would wait.
    """
    if device.type == "cpu":
        return tensor
    return tensor.pin_memory().to(device, non_blocking=True)
