"""What a training reads: prepared clips, and captions with their embeddings, split by split."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from core import Inputs, Record
from core.errors import DataError
from experiments.common.placement import send
from experiments.common.problems import some
from experiments.retrieval.batches import pad
from experiments.retrieval.relevance import Array


@dataclass(frozen=True)
class Clips:
    """The log-mels of all clips, in the order of the shares of their preparation, read in place.

    `clips[i]` is that of one clip, (frames, 64).
    """

    shares: Sequence[Record]

    def column(self, name: str) -> Array:
        """Give what is known of each clip, (clips,)."""
        return np.concatenate([share[name] for share in self.shares])

    def __getitem__(self, index: int) -> Array:
        share = int(np.searchsorted(self._bounds, index, side="right")) - 1
        logmel, first = self._logmels[share]
        start, end = first[index - self._bounds[share] :][:2]
        return logmel[start:end]

    def __len__(self) -> int:
        return int(self._bounds[-1])

    @cached_property
    def _logmels(self) -> list[tuple[Array, Array]]:
        """The frames of all clips of each share, and the first of each clip."""
        return [(np.asarray(share["logmel"]), np.array(share["first"])) for share in self.shares]

    @cached_property
    def _bounds(self) -> Array:
        """The first clip of each share, and the number of clips."""
        return np.cumsum([0, *(len(first) - 1 for _, first in self._logmels)])


class Batch(NamedTuple):
    """Pairs of a caption and its clip; a clip that has several captions among them is here once.

    Attributes
    ----------
    logmel, lengths:
        Of the different clips, (clips, frames, 64) with zeros behind each, and its frames.
    place:
        (pairs,) the clip of each pair, among these.
    captions:
        (pairs,) indices.
    clip:
        (pairs,) the clip of each pair, among those of the split.

    All but `lengths` lies on the device.
    """

    logmel: Tensor
    lengths: Tensor
    place: Tensor
    captions: Tensor
    clip: Tensor


@dataclass(frozen=True)
class Part:
    """The captions of a split and the clips they describe.

    Attributes
    ----------
    clips:
        Of all splits.
    rows:
        (n,) which of these are the split's, each once.
    clip:
        (captions,) the clip of each caption, as an index into `rows`.
    embeddings:
        (captions, dim) float32, on the device.
    """

    clips: Clips
    rows: Array
    clip: Tensor
    embeddings: Tensor

    def read(self, captions: Tensor) -> Batch:
        """Read the clips of some captions."""
        clip = self.clip[captions]
        clips, place = torch.unique(clip, return_inverse=True)
        logmel, lengths = pad([self.clips[row] for row in self.rows[clips.numpy()].tolist()])
        device = self.embeddings.device
        logmel, place, captions, clip = (send(x, device) for x in (logmel, place, captions, clip))
        return Batch(logmel, lengths, place, captions, clip)


def load_part(inputs: Inputs, split: str) -> Part:
    """Load a split: "development", "validation" or "evaluation".

    Raises DataError where it has no caption, where a caption's clip has not been prepared, or
    where embeddings and captions are not as many.
    """
    captions, embeddings = inputs["captions"], inputs["embeddings"]["embedding"]
    if len(embeddings) != len(captions["clip"]):
        raise DataError(
            f"there are {len(embeddings)} embeddings of {len(captions['clip'])} captions; "
            "compute the stage embeddings again"
        )
    mine = np.flatnonzero(captions["split"][captions["clip"]] == split)
    if not len(mine):
        raise DataError(f"the split {split} has no caption; training needs some of each split")
    clips = Clips(inputs.shares("clips"))
    described, clip = np.unique(captions["clip"][mine], return_inverse=True)
    rows = _rows(clips, captions, described)
    chosen = torch.from_numpy(embeddings[mine]).to(inputs.device, torch.float32)
    return Part(clips, rows, torch.from_numpy(clip), chosen)


def _rows(clips: Clips, captions: Record, described: Array) -> Array:
    """Find clips of the captions' table among those prepared, by split and file name."""
    prepared = zip(clips.column("split").tolist(), clips.column("fname").tolist(), strict=True)
    known = {key: row for row, key in enumerate(prepared)}
    names = (captions[column][described].tolist() for column in ("split", "fname"))
    asked = list(zip(*names, strict=True))
    if lacking := [name for split, name in asked if (split, name) not in known]:
        raise DataError(
            f"{len(lacking)} clips have captions and have not been prepared: {some(lacking)}; "
            "compute the stage clips again"
        )
    return np.array([known[key] for key in asked])
