"""Which captions a training sees in an epoch, each with its clip."""

from collections.abc import Callable, Mapping

import torch
from torch import Generator, Tensor

from core.errors import UnknownName


def all_captions(clip: Tensor, generator: Generator) -> Tensor:
    """Take every caption of (n,): each clip as often as it has captions, as the baseline."""
    return torch.arange(len(clip))


def one_of_each_clip(clip: Tensor, generator: Generator) -> Tensor:
    """Draw one caption of each clip, whose captions are those with its number in `clip` (n,)."""
    order = torch.randperm(len(clip), generator=generator)
    of_clip = clip[order].sort(stable=True)
    first = torch.ones(len(clip), dtype=torch.bool)
    first[1:] = of_clip.values[1:] != of_clip.values[:-1]
    return order[of_clip.indices[first]]


PAIRS: Mapping[str, Callable[[Tensor, Generator], Tensor]] = {
    "all": all_captions,
    "one_per_epoch": one_of_each_clip,
}
"""What gives the captions of an epoch, as indices, of the clip (n,) of each caption."""


def draw_pairs(pairs: str, clip: Tensor, generator: Generator) -> Tensor:
    """Give the captions of an epoch; raises UnknownName where there is no such choice."""
    if pairs not in PAIRS:
        raise UnknownName("choice of pairs", pairs, PAIRS)
    return PAIRS[pairs](clip, generator)
