"""The students: from third-octave levels to the scores of a teacher, without its log-mels."""

import copy
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from core import Setting
from core.errors import UnknownName
from experiments.common.weights import fit_state, read_state
from experiments.transcoder.networks import build_pinv
from experiments.transcoder.pinv import Pinv
from experiments.transcoder.teachers import Teacher
from reference_models import fetch

EFFICIENTNETS = {"effnet_b0": "efficientnet_b0", "effnet_b7": "efficientnet_b7"}
"""Their names in torchvision, and among the checkpoints."""
STUDENTS = ("self", *EFFICIENTNETS)
"""Names of the transcoders that give scores."""

IMAGE = (101, 64)  # to which levels are enlarged, whichever the teacher
REPLACED = {"features.0.0.weight", "classifier.1.weight", "classifier.1.bias"}
"""Entries of ImageNet's weights that read three colours and tell a thousand classes."""


class SelfStudent(nn.Module):
    """Levels (n, 8, 29) to scores (n, classes): PINV, and a copy of the teacher that is trained."""

    def __init__(self, pinv: Pinv, teacher: Teacher) -> None:
        super().__init__()
        self.pinv = pinv
        self.network = copy.deepcopy(teacher).requires_grad_(True)

    def forward(self, levels: Tensor) -> Tensor:
        """Score levels (n, 8, 29)."""
        return self.network.scores(self.pinv(levels))


class EfficientNetStudent(nn.Module):
    """Levels (n, 8, 29) to scores (n, classes) in [0, 1] by an EfficientNet.

    Levels are enlarged to 101 × 64 by the nearest, and read as a picture of one colour by a first
    convolution without padding. What comes out is clamped, not squashed: outside [0, 1] it has no
    gradient, as published.
    """

    def __init__(self, name: str, classes: int) -> None:
        super().__init__()
        from torchvision.models import get_model  # takes seconds to load; others do without

        self.network = get_model(EFFICIENTNETS[name], num_classes=classes)
        stem = cast(nn.Conv2d, self.network.get_submodule("features.0.0"))
        grey = nn.Conv2d(1, stem.out_channels, kernel_size=3, stride=2, bias=False)
        self.network.set_submodule("features.0.0", grey)

    def forward(self, levels: Tensor) -> Tensor:
        """Score levels (n, 8, 29)."""
        scores: Tensor = self.network(interpolate(levels[:, None], IMAGE, mode="nearest"))
        return scores.clamp(0, 1)

    def load_imagenet(self, path: Path) -> None:
        """Start from torchvision's weights for ImageNet, all but the first and the last layer.

        Raises DataError where the file is not exactly this network's.
        """
        state = {name: value for name, value in read_state(path).items() if name not in REPLACED}
        own = {name: self.network.state_dict()[name] for name in REPLACED}
        fit_state(self.network, state | own, path, "does not fit this EfficientNet")


def build_student(
    setting: Setting, teacher: Teacher, models: Path | None = None, seed: int = 0
) -> nn.Module:
    """Build the student of a setting, from levels (n, 8, 29) to scores (n, classes) in [0, 1].

    Reads the factor `transcoder`, and for "self" `classifier` and `pinv`. A student "self" starts
    from the weights of its teacher; an EfficientNet from ImageNet's, where a folder of models is
    given, but for the two layers that do not fit, which are drawn from the seed.

    Raises
    ------
    UnknownName
        There is no such student.
    DownloadError
        ImageNet's weights are not in the folder and cannot be downloaded.
    DataError
        They are not the network's.
    """
    name = setting.transcoder
    if name not in STUDENTS:
        raise UnknownName("student", name, STUDENTS)
    if name == "self":
        return SelfStudent(build_pinv(setting), teacher)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        student = EfficientNetStudent(name, len(teacher.class_names))
    if models is not None:
        student.load_imagenet(fetch(EFFICIENTNETS[name], models))
    return student
