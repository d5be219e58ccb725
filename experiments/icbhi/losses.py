"""Losses on projections and class logits of several views of a batch."""

from typing import Literal, get_args

import torch
from torch import Tensor
from torch.nn import functional

from core.errors import UnknownName

Denominator = Literal["all", "negatives"]
Weighting = Literal["inverse", "none"]


def supervised_contrastive(
    projections: Tensor,
    labels: Tensor,
    temperature: float = 0.06,
    denominator: Denominator = "all",
) -> Tensor:
    """SupCon: examples of one class attract each other, others repel (Khosla et al., 2020).

    The mean over all anchors of −1/|P| Σ_p [s(anchor, p) − log Σ_a exp s(anchor, a)], where P
    are the other rows with the anchor's label. With labels that differ from each other, P is
    the other view of the same example: SimCLR.

    Parameters
    ----------
    projections
        (views, batch, size), of any length: cosines are compared.
    labels
        (batch,) integers.
    temperature
        Divides the cosines.
    denominator
        Rows a of the sum. "all": all but the anchor, as in the code behind the published
        results. "negatives": those of other classes only, as in eq. 2 of the paper (which sums
        over anchors); anchors without negatives do not count.

    Raises
    ------
    UnknownName
        There is no such denominator.
    """
    if denominator not in get_args(Denominator):
        raise UnknownName("denominator", denominator, get_args(Denominator))
    rows = functional.normalize(projections.flatten(0, 1).float(), dim=1)
    similarity = rows @ rows.T / temperature
    label = labels.repeat(len(projections))
    same = label[:, None] == label[None, :]
    itself = torch.eye(len(rows), dtype=torch.bool, device=rows.device)
    positives = (same & ~itself).float()
    below = ~same if denominator == "negatives" else ~itself
    counts = below.any(dim=1)
    # A row without any term would give log 0, whose gradient is NaN even where it is not used.
    level = similarity.masked_fill(~(below | ~counts[:, None]), -torch.inf).logsumexp(dim=1)
    losses = level - (similarity * positives).sum(1) / positives.sum(1)
    return (losses * counts).sum() / counts.sum().clamp(min=1)


def cross_entropy(logits: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
    """Weighted cross-entropy over all views: logits (views, batch, classes), labels (batch,)."""
    flat = logits.flatten(0, 1).float()
    return functional.cross_entropy(flat, labels.repeat(len(logits)), weights)


def class_weights(labels: Tensor, classes: int, weighting: Weighting = "inverse") -> Tensor:
    """Give weights of the classes that sum to 1: inverse frequencies, or equal ones ("none").

    Raises
    ------
    UnknownName
        There is no such weighting.
    """
    if weighting not in get_args(Weighting):
        raise UnknownName("weighting", weighting, get_args(Weighting))
    if weighting == "none":
        return torch.full((classes,), 1 / classes)
    inverse = 1 / torch.bincount(labels, minlength=classes).clamp(min=1).double()
    return (inverse / inverse.sum()).float()
