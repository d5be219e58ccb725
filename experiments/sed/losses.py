"""What a network learns: which classes are in a clip, and its own input again."""

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy, mse_loss

from experiments.sed.answer import Answer


def multi_task(answer: Answer, target: Tensor, alpha: float = 0.0) -> Tensor:
    """Give BCE of clips + alpha * MSE of the reconstruction, each a mean over all its elements.

    `target` is (n, classes) of zeros and ones in float. Without a reconstruction, or where alpha
    is 0, it is the BCE alone.
    """
    loss = _cross_entropy(answer.clips, target)
    if alpha and answer.reconstruction is not None:
        loss = loss + alpha * mse_loss(answer.reconstruction, answer.features)
    return loss


def _cross_entropy(clips: Tensor, target: Tensor) -> Tensor:
    # torch stops at a probability that is NaN, on a GPU for good: here the loss becomes NaN,
    # which is told with its epoch and batch.
    loss = binary_cross_entropy(clips.nan_to_num(), target)
    return torch.where(clips.isfinite().all(), loss, torch.nan)
