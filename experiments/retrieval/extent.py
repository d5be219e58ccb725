"""Clips of several lengths in one batch: which of its frames are theirs."""

from collections.abc import Callable
from functools import cached_property

import torch
from torch import Tensor

from experiments.common.placement import send
from experiments.retrieval.rows import put, take


class Extent:
    """The first `lengths` (n,) frames of each clip are its own, of `frames` in a batch.

    Maps are (n, channels, frames, bands), channels last; `device` is theirs.
    """

    def __init__(self, lengths: Tensor, frames: int, device: torch.device) -> None:
        self.lengths = lengths.cpu()  # looked at often: a GPU would be waited for each time
        self.frames = frames
        self.device = device

    @cached_property
    def padded(self) -> bool:
        """Whether any frame is nobody's."""
        return bool((self.lengths < self.frames).any())

    def inside(self, function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
        """Apply a function of maps, as batch norm is, to the clips' own frames; others are 0.

        What is no clip's own is not seen by the function: statistics are of the clips alone.
        """
        if not self.padded:
            return function(x)
        frames = x.permute(0, 2, 3, 1).flatten(0, 1)
        # As one long clip. It is squeezed, not indexed, and beside its frames: gradients would
        # otherwise be laid out channels first.
        taken = take(frames, self._own, self._others)[None]
        own = function(taken.permute(0, 3, 1, 2)).permute(0, 2, 3, 1).squeeze(0)
        whole = put(own, self._own, self._others)
        return whole.view(-1, self.frames, *own.shape[1:]).permute(0, 3, 1, 2)

    def blank(self, x: Tensor) -> Tensor:
        """Give maps in which frames that are nobody's are 0."""
        if not self.padded:
            return x
        return x * self._mask[:, None, :, None]

    def halved(self) -> "Extent":
        """Give the extent after pooling by two, which leaves out an odd last frame."""
        return Extent(self.lengths // 2, self.frames // 2, self.device)

    def at_least(self, frames: int) -> "Extent":
        """Give the extent of clips that have been lengthened to so many frames."""
        return Extent(self.lengths.clamp(min=frames), max(self.frames, frames), self.device)

    def mean(self, x: Tensor) -> Tensor:
        """Average (n, channels, frames), 0 where a frame is nobody's, over each clip's frames."""
        return x.sum(2) / send(self.lengths.to(x.dtype), self.device)[:, None]

    @cached_property
    def _inside(self) -> Tensor:
        return torch.arange(self.frames) < self.lengths[:, None]

    @cached_property
    def _mask(self) -> Tensor:
        return send(self._inside, self.device)

    @cached_property
    def _own(self) -> Tensor:
        """The clips' own frames, as indices of all frames of the batch in a row."""
        return send(self._inside.flatten().nonzero()[:, 0], self.device)

    @cached_property
    def _others(self) -> Tensor:
        return send(self._inside.logical_not().flatten().nonzero()[:, 0], self.device)
