"""Teachers: the classifiers whose scores a transcoder has to bring back."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import torch
from torch import Tensor, nn

import pann
import yamnet
from core import Inputs, Output, Record, Setting
from core.errors import PlanError, UnknownName
from experiments.common.classifiers import Classifier, load_classifier
from experiments.common.weights import load_stored

RELEASED = {
    ("PANN", "released"): "pann_resnet38",
    ("YamNet", "released"): "yamnet",
    ("YamNet", "int8"): "yamnet_int8",
}
"""The checkpoint of each classifier and kind of weights."""

CLASSIFIERS = ("PANN", "YamNet")
WEIGHTS = ("released", "int8", "trained")
FILE = "teacher.pt"


class Teacher(nn.Module):
    """A classifier that scores log-mels; gradients pass through it, and it does not change.

    While its parameters are frozen, it stays in evaluation mode whatever `train` says. A copy
    whose parameters are not (`requires_grad_`) trains as any network does.
    """

    def __init__(self, classifier: Classifier) -> None:
        super().__init__()
        # torch's stub of `to` leaves out this argument.
        last = classifier.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.network: pann.Tagger | yamnet.YamNet = last
        self.class_names = classifier.class_names
        self.requires_grad_(False).eval()

    def scores(self, log_mel: Tensor) -> Tensor:
        """Score log-mels (n, T, 64), T = 101 for PANN and 96 for YamNet: (n, classes) in [0, 1]."""
        logits: Tensor = self.network(log_mel)
        return logits.float().sigmoid()

    def train(self, mode: bool = True) -> Self:
        """Set the mode, unless the parameters are frozen."""
        return super().train(mode and any(p.requires_grad for p in self.parameters()))


def teacher(classifier: str, weights: str, models: Path, record: Record | None = None) -> Teacher:
    """Load a teacher, on the CPU.

    Parameters
    ----------
    classifier
        "PANN" (ResNet38) or "YamNet".
    weights
        "released": the published checkpoint; "int8": YAMNet for phones, made float again, a
        sibling of the published one with ReLU6; "trained": a small one, from a record.
    models
        The folder of checkpoints; one that is not in it is downloaded.
    record
        What `keep_teacher` has left, for "trained".

    Raises
    ------
    UnknownName
        There is no such classifier, or kind of weights.
    PlanError
        The classifier has no such weights, or a record is wanted and not given.
    DownloadError
        The checkpoint cannot be fetched; the message tells how to do it by hand.
    DataError
        The file is not exactly this network's.
    """
    if classifier not in CLASSIFIERS:
        raise UnknownName("classifier", classifier, CLASSIFIERS)
    if weights not in WEIGHTS:
        raise UnknownName("teacher", weights, WEIGHTS)
    if weights != "trained":
        if (classifier, weights) not in RELEASED:
            raise PlanError(f"teacher={weights} is there for YamNet only, not for {classifier}")
        return Teacher(load_classifier(RELEASED[classifier, weights], models))
    if record is None:
        raise PlanError("teacher=trained needs the stage that trains it")
    return Teacher(_trained(classifier, record))


def teacher_of(setting: Setting, inputs: Inputs) -> Teacher:
    """Load the teacher of a setting onto the task's device; raises what `teacher` does.

    Reads the factors `classifier` and `teacher`; where the latter is "trained", the teacher is in
    the record of the stage of that name.
    """
    record = inputs.get("teacher")
    found = teacher(setting.classifier, setting.teacher, inputs.models, record)
    return found.to(inputs.device)


def small_network(classifier: str, width: float, classes: int) -> pann.Tagger | yamnet.YamNet:
    """Make a classifier's network with fewer channels, to be trained."""
    if classifier == "PANN":
        return pann.tagger("resnet38", width, classes)
    return yamnet.YamNet(classes, width)


def keep_teacher(
    network: nn.Module, width: float, class_names: Sequence[str], output: Output
) -> None:
    """Leave a network made by `small_network` in a record, from which `teacher` loads it."""
    torch.save(network.state_dict(), output.folder / FILE)
    output.info["width"] = width
    output.info["classes"] = list(class_names)


def _trained(classifier: str, record: Record) -> Classifier:
    names = tuple(record.info["classes"])
    network = small_network(classifier, record.info["width"], len(names))
    load_stored(network, record, FILE, f"is no teacher for {classifier}")
    return Classifier(network, names)
