"""Orders in which a training sees its examples."""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor


def epoch_generator(seed: int, epoch: int) -> Generator:
    """Give the source of an epoch's random choices, on the CPU.

    It depends on nothing drawn before: a resumed training needs no generator's state, and
    methods that draw differently still see the same batches in every epoch.
    """
    return Generator().manual_seed(seed + epoch)


def shuffled(indices: Tensor, size: int, generator: Generator) -> Iterator[Tensor]:
    """Cut a random order of the indices (n,) into batches; the last one may be smaller."""
    order = torch.randperm(len(indices), generator=generator)
    yield from torch.split(indices[order], size)
