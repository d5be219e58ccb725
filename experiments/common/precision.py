"""In which precision a network computes."""

import torch

from core.errors import UnknownName

PRECISIONS = ("float32", "bfloat16")


def precision_of(name: str, device: str) -> torch.autocast:
    """Give the context for forward passes in "float32", or in "bfloat16" where that is safe.

    Weights, their updates and whatever is computed outside the context stay in float32.
    bfloat16 is about twice as fast on GPUs and on CPUs that know it (AVX-512 BF16), and slower
    on other CPUs. Raises UnknownName for another precision.
    """
    if name not in PRECISIONS:
        raise UnknownName("precision", name, PRECISIONS)
    return torch.autocast(device, torch.bfloat16, enabled=name == "bfloat16")
