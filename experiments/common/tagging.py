"""What is heard in recordings, told by a published classifier."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypedDict

import soxr
from torch import Tensor

import pann
import yamnet
from core.errors import DataError
from experiments.common.classifiers import load_classifier
from experiments.common.recordings import Wave, read_mono

YAMNET_HOP = 0.48
"""Seconds from one patch that YAMNet scores to the next, half a patch."""


class Tag(TypedDict):
    """A class: its mean score over the recording, its highest, and at which second that is."""

    name: str
    score: float
    highest: float
    at: float


def tagger(model: str, models: Path) -> Callable[[Path, int], list[Tag]]:
    """Load a classifier; gives what tags a recording with so many classes, highest mean first.

    Raises what `load_classifier` does. The function given raises DataError for a recording that
    cannot be read, or is too short.
    """
    network, names = load_classifier(model, models)
    ear = _ear(network)

    def tag(path: Path, top: int) -> list[Tag]:
        wave, rate = read_mono(path)
        try:
            scores = ear.scores(soxr.resample(wave, rate, ear.rate, "HQ"))
        except ValueError as error:
            raise DataError(f"{path}: {error}") from error
        return highest(scores, names, ear.hop, top)

    return tag


class _Ear(NamedTuple):
    """How a classifier scores a waveform: at which rate, every how many seconds, by what."""

    rate: int
    hop: float
    scores: Callable[[Wave], Tensor]


def _ear(network: pann.Tagger | yamnet.YamNet) -> _Ear:
    if isinstance(network, yamnet.YamNet):
        scores = partial(yamnet.scores, yamnet.fold(network), hop=YAMNET_HOP)
        return _Ear(yamnet.SAMPLE_RATE, YAMNET_HOP, scores)
    return _Ear(pann.PANN.sample_rate, 1.0, partial(pann.scores, network))


def highest(scores: Tensor, names: Sequence[str], hop: float, top: int) -> list[Tag]:
    """Pick so many classes from scores (patches, classes) by their mean, `hop` seconds apart."""
    means = scores.mean(dim=0)
    peaks, patches = scores.max(dim=0)
    chosen = means.argsort(descending=True, stable=True)[:top].tolist()
    return [
        Tag(
            name=names[index],
            score=means[index].item(),
            highest=peaks[index].item(),
            at=patches[index].item() * hop,
        )
        for index in chosen
    ]
