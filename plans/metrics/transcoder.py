"""Metrics and figures of the spectral transcoder: how near scores are, and what they tell."""

from typing import TYPE_CHECKING, Any, TypeAlias

from core import Confusion, Curve, Metric, Record, Scores
from core.errors import SonoplanError
from core.figure import Drawable
from plans.metrics.common import over_classes

if TYPE_CHECKING:
    import numpy as np

    Array: TypeAlias = np.ndarray[Any, Any]

AMONG = {"": "all classes", "_tvb": "classes of traffic, voices and birds"}


def _agreement(name: str, told: str, ending: str, of: str = "", aside: bool = False) -> Metric:
    """A metric of scores, as far from the oracle's as it is high."""
    return Metric(
        name + ending,
        "evaluation",
        (of or name) + ending,
        higher_is_better=False,
        precision=6,
        description=f"{told}; {AMONG[ending]}, mean over files",
        aside=aside or bool(ending),
    )


def _agreements(ending: str) -> list[Metric]:
    """Metrics of scores against the oracle's."""
    return [
        _agreement("logit_bce", "binary cross-entropy against the oracle's scores", ending),
        _agreement("logit_excess", "that above its floor, the oracle's own entropy", ending),
        _agreement("logit_kl", "o (ln o - ln m) of scores averaged over a file", ending),
        _agreement("logit_mse", "squared error of averaged scores", ending, aside=True),
        Metric(
            f"ptopafc{ending}",
            "evaluation",
            f"top{ending}",
            higher_is_better=True,
            percent=True,
            precision=1,
            description=f"files whose highest class is the oracle's; {AMONG[ending]}",
            aside=bool(ending),
        ),
        Metric(
            f"logit_cos{ending}",
            "evaluation",
            f"logit_cos{ending}",
            higher_is_better=True,
            precision=4,
            description=f"cosine similarity of averaged scores; {AMONG[ending]}",
            aside=True,
        ),
    ]


def _clips(classification: Record) -> float:
    return float(len(classification["clip"]))


METRICS = [
    Metric(
        "mel_mse",
        "evaluation",
        "mel_mse",
        higher_is_better=False,
        description="squared error of log-mels: PANN's in dB, YamNet's natural logarithms",
    ),
    *_agreements(""),
    Metric(
        "ptopafc_weighted",
        "evaluation",
        "ptopafc_weighted",
        higher_is_better=True,
        percent=True,
        precision=1,
        description="ptopafc as a mean over the oracle's highest classes",
        aside=True,
    ),
    *_agreements("_tvb"),
    Metric(
        "accuracy",
        "classification",
        "accuracy",
        higher_is_better=True,
        percent=True,
        precision=1,
        description="decisions that are right: of clips, all folds together (UrbanSound8K), or of "
        "clips and classes (SONYC-UST)",
    ),
    Metric(
        "macro_auprc",
        "classification",
        over_classes("auprc"),
        higher_is_better=True,
        description="area under precision-recall by trapezoids, mean over the classes there are",
    ),
    Metric(
        "clips",
        "classification",
        _clips,
        precision=0,
        description="clips that were tested",
        aside=True,
    ),
]


def _answers(classification: Record) -> "tuple[Array, Array]":
    if "confusion" not in classification.arrays:
        raise SonoplanError("scores are drawn of UrbanSound8K alone; select its target with -s")
    return classification["labels"], classification["scores"]


URBAN_SOUNDS = (
    *("air_conditioner", "car_horn", "children_playing", "dog_bark", "drilling"),
    *("engine_idling", "gun_shot", "jackhammer", "siren", "street_music"),
)
FIGURES: list[Drawable] = [
    Curve("loss", ("training",), "train", description="training loss"),
    Curve("validation", ("training",), "valid", description="validation loss"),
    Curve("head_loss", ("classification",), "loss", description="training loss of the heads"),
    Confusion("classification", "confusion", URBAN_SOUNDS),
    Scores("classification", _answers, URBAN_SOUNDS),
]
