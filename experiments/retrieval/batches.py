"""Log-mels of clips, put together in batches."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from experiments.retrieval.relevance import Array


def pad(logmels: Sequence[Array]) -> tuple[Tensor, Tensor]:
    """Put log-mels (frames, bands) together as (n, most frames, bands), zeros behind each.

    Gives them and the frames (n,) of each.
    """
    lengths = torch.tensor([len(logmel) for logmel in logmels])
    longest = int(lengths.max())
    batch = np.zeros((len(logmels), longest, logmels[0].shape[1]), np.float32)
    for row, logmel in zip(batch, logmels, strict=True):
        row[: len(logmel)] = logmel
    return torch.from_numpy(batch), lengths
