"""Metrics and figures of sound event detection: of clips, frames, events, and cells."""

from collections.abc import Callable

from core import Curve, Metric, Record
from core.figure import Drawable
from plans.metrics.common import EPOCH, LOSS, LR, VALID_LOSS, over_classes


def _score(
    name: str,
    description: str,
    value: str | Callable[[Record], float],
    *,
    aside: bool = False,
    precision: int = 3,
) -> Metric:
    """Make a metric of the evaluation between 0 and 1."""
    return Metric(
        name,
        "evaluation",
        value,
        higher_is_better=True,
        precision=precision,
        description=description,
        aside=aside,
    )


def _of_classes(
    name: str, told: str, array: str = "", *, aside: bool = False, precision: int = 3
) -> Metric:
    """Make a metric that is a mean over classes."""
    description = f"{told}; mean over the classes that are there"
    value = over_classes(array or name)
    return _score(name, description, value, aside=aside, precision=precision)


METRICS = [
    _score(
        "micro_ap",
        "average precision of all clips and classes together, the published micro-P",
        "micro_ap",
        precision=4,
    ),
    _of_classes("macro_ap", "average precision, the published macro-P", "ap", precision=4),
    _of_classes("auc", "area under ROC of clips", precision=4),
    _of_classes("tagging_f1", "F1 of clips at 0.1"),
    _of_classes("frame_f1", "F1 of frames, 31.25 a second, at 0.1"),
    _of_classes("event_f1", "F1 of events, onset within 200 ms, offset too or within half"),
    _of_classes("segment_f1", "F1 of segments of 1 s"),
    _score("psds1", "PSDS of scenario 1 (0.7 of each to overlap), up to 100 an hour", "psds1"),
    _of_classes(
        "mask_f1",
        "F1 of cells of time and frequency at 0.1, against the ideal mask",
        "segmentation_f1",
    ),
    _score("psds2", "PSDS of scenario 2 (0.1, and cross triggers)", "psds2", aside=True),
    _score("event_f1_overall", "F1 of all events together", "event_f1_overall", aside=True),
    _score("segment_f1_overall", "F1 of all segments together", "segment_f1_overall", aside=True),
    _of_classes(
        "mask_precision", "precision of cells at 0.1", "segmentation_precision", aside=True
    ),
    _of_classes("mask_recall", "recall of cells at 0.1", "segmentation_recall", aside=True),
    _of_classes("mask_auc", "area under ROC of cells", "segmentation_auc", aside=True),
    _of_classes("mask_ap", "average precision of cells", "segmentation_ap", aside=True),
    Metric(
        "chance",
        "evaluation",
        "target",
        precision=4,
        description="average precision of answers at random: how often clips have a class",
        aside=True,
    ),
    EPOCH,
]

FIGURES: list[Drawable] = [
    LOSS,
    VALID_LOSS,
    Curve("train_ap", ("training",), "train_ap", description="micro-AP while training"),
    Curve("valid_ap", ("training",), "valid_ap", description="micro-AP, validation fold"),
    LR,
]
