"""InfoNCE between clips and captions, in both directions."""

from typing import Literal, get_args

import torch
from torch import Tensor

from core.errors import UnknownName

Negatives = Literal["masked", "all"]


def info_nce(
    audio: Tensor,
    text: Tensor,
    clip: Tensor,
    temperature: Tensor | float = 0.07,
    negatives: Negatives = "masked",
) -> Tensor:
    """Let each clip's vector be nearest to its caption's, and the caption's to the clip's.

    The mean over pairs i of −log exp(s_ii) / Σ_j exp(s_ij) − log exp(s_ii) / Σ_j exp(s_ji), where
    s are cosines over the temperature: a sum of both directions, as published, not their mean.

    Parameters
    ----------
    audio, text
        (n, size) unit vectors of pairs.
    clip
        (n,) integers that tell one clip from another.
    negatives
        Rows j of the sums. "masked": i and those of other clips, as published. "all": every row;
        other captions of the same clip then repel it.

    Raises
    ------
    UnknownName
        There is no such choice of negatives.
    """
    if negatives not in get_args(Negatives):
        raise UnknownName("choice of negatives", negatives, get_args(Negatives))
    similarity = (audio / temperature) @ text.T
    if negatives == "masked":
        same = clip[:, None] == clip
        similarity = similarity.masked_fill(same.fill_diagonal_(False), -torch.inf)
    return -(similarity.log_softmax(1) + similarity.log_softmax(0)).diagonal().mean()
