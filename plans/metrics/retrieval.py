"""Metrics and figures of language-based audio retrieval: rankings in both directions."""

from core import Curve, Metric
from core.figure import Drawable
from plans.metrics.common import EPOCH, LOSS, LR, VALID_LOSS

AP_DEPTHS, RECALL_DEPTHS = (10, 16), (1, 5, 10)
DIRECTIONS = {
    "t2a": ("", "clips ranked for a caption"),
    "a2t": ("A2T_", "captions ranked for a clip"),
}


def _score(name: str, value: str, description: str, aside: bool = False) -> Metric:
    """A metric of the evaluation split, between 0 and 1."""
    return Metric(
        name,
        "retrieval",
        value,
        higher_is_better=True,
        precision=3,
        description=description,
        aside=aside,
    )


def _direction(direction: str) -> list[Metric]:
    """Metrics of one direction; those of captions ranked for clips but the first stand aside."""
    before, told = DIRECTIONS[direction]
    aside = direction == "a2t"
    precise = [
        _score(
            f"{before}mAP@{depth}",
            f"{direction}_ap{depth}",
            f"{told}: mean average precision among the first {depth}",
            aside=aside and depth != AP_DEPTHS[0],
        )
        for depth in AP_DEPTHS
    ]
    recall = [
        _score(
            f"{before}R@{depth}",
            f"{direction}_r{depth}",
            f"{told}: share of what is relevant that is among the first {depth}",
            aside=aside,
        )
        for depth in RECALL_DEPTHS
    ]
    return [*precise, *recall]


def _interval(direction: str) -> Metric:
    before, told = DIRECTIONS[direction]
    return Metric(
        f"{before}mAP@10_ci95",
        "retrieval",
        f"{direction}_ap10_half",
        precision=3,
        description=f"{told}: half the 95 % interval of mAP@10, by jackknife over clips",
        aside=True,
    )


METRICS = [
    *_direction("t2a"),
    *_direction("a2t"),
    *map(_interval, DIRECTIONS),
    _score(
        "valid_mAP@10",
        "validation_t2a_ap10",
        "clips of the validation split ranked for a caption: mean average precision",
        aside=True,
    ),
    EPOCH,
]

FIGURES: list[Drawable] = [
    LOSS,
    VALID_LOSS,
    Curve("valid_map", ("training",), "valid_map", description="validation mAP@10"),
    LR,
    Curve("temperature", ("training",), "temperature", description="temperature of the loss"),
]
