"""The methods: how many views of a batch each takes, which heads it trains, and its loss."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from core import Setting
from experiments.icbhi.losses import cross_entropy, supervised_contrastive
from experiments.icbhi.network import Answer

# From the answer to all views (views, batch, …), labels (batch,) and class weights to the loss.
Loss = Callable[[Setting, Answer, Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Method:
    """What tells one method from another; one without a classifier needs the linear probe."""

    loss: Loss
    views: int
    classifier: bool = False
    projector: bool = False


def _classify(setting: Setting, answer: Answer, labels: Tensor, weights: Tensor) -> Tensor:
    assert answer.logits is not None
    return cross_entropy(answer.logits, labels, weights)


def _contrast(setting: Setting, answer: Answer, labels: Tensor, weights: Tensor) -> Tensor:
    assert answer.projections is not None
    return supervised_contrastive(
        answer.projections, labels, setting.temperature, setting.denominator
    )


def _both(setting: Setting, answer: Answer, labels: Tensor, weights: Tensor) -> Tensor:
    """Weigh the two losses: alpha is the share of SupCon, as in the published code.

    Eq. 4 of the paper has it on the cross-entropy; at the published 0.5 they agree.
    """
    contrast = _contrast(setting, answer, labels, weights)
    classify = _classify(setting, answer, labels, weights)
    mixed: Tensor = setting.alpha * contrast + (1 - setting.alpha) * classify
    return mixed


METHODS = {
    "ce": Method(_classify, views=1, classifier=True),
    "scl": Method(_contrast, views=2, projector=True),
    "hybrid": Method(_both, views=2, classifier=True, projector=True),
}
"""Weighted cross-entropy, SupCon (then a linear probe), and both at once."""
