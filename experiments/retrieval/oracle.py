"""Clips stood for by captions: what a retrieval would reach that heard as the captioners did.

A caption is ranked against clips that are each the mean of its other captions. It needs no audio:
what it finds is bounded by how much captions of a clip agree.
"""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from core.errors import DataError
from experiments.retrieval.metrics import directions, top_items
from experiments.retrieval.relevance import Array


def caption_oracle(captions: Tensor, clip: Array) -> dict[str, Array]:
    """Rank clips for unit vectors of captions (n, d), and captions for clips, by captions alone.

    `clip` (n,) says which clip each caption describes. Arrays: see `metrics.directions`.
    Raises DataError where clips have not as many captions each, or one alone.
    """
    scores = oracle_scores(captions, clip)
    return directions(top_items([scores]), top_items([scores.T]), clip)


def oracle_scores(captions: Tensor, clip: Array) -> Tensor:
    """Give scores (captions, clips), in memory at once: 22 MB of Clotho's evaluation split.

    The k-th caption of a clip is compared, by cosine, with the mean of the captions of a clip but
    the k-th, whatever clip it is: all means are then of as many captions. Were the mean of all
    taken of other clips, a clip would be told by the noise of its shorter mean.
    """
    count = _captions_each(clip)
    by_clip = torch.from_numpy(np.argsort(clip, kind="stable").reshape(-1, count))
    spoken = captions[by_clip]
    others = normalize(spoken.sum(1, keepdim=True) - spoken, dim=2)
    scores = captions.new_empty(len(captions), len(by_clip))
    for k in range(count):
        scores[by_clip[:, k]] = spoken[:, k] @ others[:, k].T
    return scores


def _captions_each(clip: Array) -> int:
    """Tell how many captions every clip has."""
    counts = np.unique(np.bincount(clip))
    if len(counts) > 1 or counts[0] < 2:
        raise DataError(
            f"the caption oracle leaves one caption of each clip out, and takes as many of each; "
            f"here clips have {' or '.join(map(str, counts))}"
        )
    return int(counts[0])
