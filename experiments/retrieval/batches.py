"""Log-mels of clips, put together in batches."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from experiments.retrieval.relevance import Array

Asked = TypeVar("Asked")
Read = TypeVar("Read")


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


def ahead(read: Callable[[Asked], Read], asked: Iterable[Asked]) -> Iterator[Read]:
    """Give what `read` makes of each, in order; the next one is read while one is used."""
    with ThreadPoolExecutor(1) as pool:
        waiting: list[Future[Read]] = []
        for one in asked:
            waiting.append(pool.submit(read, one))
            if len(waiting) > 1:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()
