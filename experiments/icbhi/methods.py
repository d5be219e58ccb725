"""The methods: how many views of a batch each takes, which heads it trains, and its loss."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor

from core import Setting
from core.errors import UnknownName
from experiments.icbhi.losses import cross_entropy, supervised_contrastive
from experiments.icbhi.network import Answer

Labels: TypeAlias = Mapping[str, Tensor]
# From the answer to all views (views, batch, …), labels (batch,) by name ("class" and those that
# the setting names), and class weights to the loss.
Loss = Callable[[Setting, Answer, Labels, Tensor], Tensor]


@dataclass(frozen=True)
class Method:
    """What tells one method from another; one without a classifier needs the linear probe."""

    loss: Loss
    views: int
    classifier: bool = False
    projectors: int = 0


def _classify(setting: Setting, answer: Answer, labels: Labels, weights: Tensor) -> Tensor:
    assert answer.logits is not None
    return cross_entropy(answer.logits, labels["class"], weights)


def _contrast(setting: Setting, answer: Answer, labels: Labels, weights: Tensor) -> Tensor:
    return _attract(setting, answer.projections[0], labels[setting.label])


def _contrast_examples(setting: Setting, answer: Answer, labels: Labels, weights: Tensor) -> Tensor:
    (projections,) = answer.projections
    alone = torch.arange(projections.shape[1], device=projections.device)
    return _attract(setting, projections, alone)


def _contrast_twice(setting: Setting, answer: Answer, labels: Labels, weights: Tensor) -> Tensor:
    """Weigh SupCon by class and by metadata, each with a projector of its own."""
    by_class = _attract(setting, answer.projections[0], labels["class"])
    by_metadata = _attract(setting, answer.projections[1], labels[setting.metadata])
    mixed: Tensor = setting.lam * by_class + (1 - setting.lam) * by_metadata
    return mixed


def _both(setting: Setting, answer: Answer, labels: Labels, weights: Tensor) -> Tensor:
    """Weigh SupCon and cross-entropy; at the published 0.5 it does not matter which has alpha."""
    if setting.alpha_on not in ALPHA_ON:
        raise UnknownName("alpha_on", setting.alpha_on, ALPHA_ON)
    contrast = _contrast(setting, answer, labels, weights)
    classify = _classify(setting, answer, labels, weights)
    share = setting.alpha if setting.alpha_on == "contrast" else 1 - setting.alpha
    mixed: Tensor = share * contrast + (1 - share) * classify
    return mixed


def _attract(setting: Setting, projections: Tensor, labels: Tensor) -> Tensor:
    return supervised_contrastive(projections, labels, setting.temperature, setting.denominator)


# What the share alpha of hybrid is on: SupCon in the published code, cross-entropy in eq. 4.
ALPHA_ON = ("contrast", "classification")

METHODS = {
    "ce": Method(_classify, views=1, classifier=True),
    "scl": Method(_contrast, views=2, projectors=1),
    "hybrid": Method(_both, views=2, classifier=True, projectors=1),
    "simclr": Method(_contrast_examples, views=2, projectors=1),
    "mscl": Method(_contrast_twice, views=2, projectors=2),
}
"""Weighted cross-entropy; SupCon, by any label; both at once; SimCLR; SupCon by class and by
metadata. All but the first and the third leave classification to a linear probe."""
