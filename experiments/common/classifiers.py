"""Classifiers of AudioSet from published checkpoints."""

from pathlib import Path
from typing import NamedTuple

import pann
import yamnet
from core.errors import DataError, UnknownName
from reference_models import CHECKPOINTS, fetch

NAMES = [name for name, c in CHECKPOINTS.items() if c.trained_on == "AudioSet"]
"""The checkpoints that hold one."""


class Classifier(NamedTuple):
    """A network from log-mels to logits (n, classes), and the names of its classes."""

    network: pann.Tagger | yamnet.YamNet
    class_names: tuple[str, ...]


def load_classifier(name: str, models: Path) -> Classifier:
    """Load a published classifier from the folder of checkpoints, in evaluation mode.

    One that is not in the folder is downloaded. PANNs augment in training mode, as published.

    Raises
    ------
    UnknownName
        There is no such classifier.
    DownloadError
        The checkpoint cannot be fetched; the message tells how to do it by hand.
    DataError
        Its file is not exactly this network's, or needs a package that is not installed.
    """
    if name not in NAMES:
        raise UnknownName("classifier", name, NAMES)
    path = fetch(name, models)
    try:
        return _load(name, path)
    except (ValueError, ModuleNotFoundError) as error:
        raise DataError(f"{name}: {error}") from error


def _load(name: str, path: Path) -> Classifier:
    if name == "yamnet":
        return Classifier(yamnet.load_h5(path), yamnet.class_names())
    if name == "yamnet_int8":
        return Classifier(yamnet.load_tflite(path), yamnet.class_names())
    network = pann.tagger(name.removeprefix("pann_"), augment=True)
    pann.load_tagger(network, path)
    return Classifier(network.eval(), pann.class_names())
