"""A transcoder with its teacher behind it: from levels to mels, to scores, or to both."""

from pathlib import Path

import torch
from torch import Tensor, nn

from core import Inputs, Setting
from core.errors import UnknownName
from experiments.common.weights import fit_state, load_stored, read_state
from experiments.transcoder.networks import build
from experiments.transcoder.objective import Answer
from experiments.transcoder.published import find_published
from experiments.transcoder.students import EFFICIENTNETS, STUDENTS, build_student
from experiments.transcoder.teachers import Teacher, teacher_of

FILE = "transcoder.pt"
MISFIT = "does not fit this transcoder"


class Model(nn.Module):
    """Levels (n, 8, 29) to an Answer.

    Where the transcoder gives log-mels, the teacher, which never changes, scores them; a student
    gives scores itself.
    """

    def __init__(self, transcoder: nn.Module, teacher: Teacher, student: bool) -> None:
        super().__init__()
        self.transcoder = transcoder
        self.teacher = teacher
        self.student = student

    def forward(self, levels: Tensor, *, mels: bool = True, scores: bool = True) -> Answer:
        """Transcode levels and give what is asked for; a student has no mels."""
        if self.student:
            return Answer(scores=self.transcoder(levels))
        transcoded: Tensor = self.transcoder(levels)
        return Answer(
            transcoded if mels else None, self.teacher.scores(transcoded) if scores else None
        )


def make_model(setting: Setting, inputs: Inputs) -> Model:
    """Build the model of a setting on the task's device, as it is before training.

    With the factor `init` that is drawn by chance ("scratch"), or the transcoder that was
    "published", or for EfficientNets torchvision's of "imagenet". Raises UnknownName where there
    is no such beginning, and what `networks.build`, `build_student`, `teacher_of` and
    `find_published` raise.
    """
    init = setting.get("init", "scratch")
    known = ("scratch", "imagenet" if setting.transcoder in EFFICIENTNETS else "published")
    if init not in known:
        raise UnknownName("init", init, known, f" for transcoder={setting.transcoder}")
    model = _build(setting, inputs, pretrained=init == "imagenet")
    if init == "published":
        path = find_published(inputs.models, setting.classifier, setting.ts)
        fit_state(model.transcoder, read_state(path), path, MISFIT)
    return model


def load_model(setting: Setting, inputs: Inputs, teacher: Teacher | None = None) -> Model:
    """Build the model of a setting with what its training has left, in evaluation mode.

    The mode is training, as published, where the factor `mode` of a student asks for it.
    A `teacher` that is loaded already need not be loaded again.
    Raises DataError where what was left does not fit.
    """
    model = _build(setting, inputs, pretrained=False, teacher=teacher)
    if "training" in inputs:
        load_stored(model.transcoder, inputs["training"], FILE, MISFIT)
    return model.train(setting.get("mode") == "train")


def _build(
    setting: Setting, inputs: Inputs, pretrained: bool, teacher: Teacher | None = None
) -> Model:
    teacher = teacher or teacher_of(setting, inputs)
    if setting.transcoder in STUDENTS:
        models = inputs.models if pretrained else None
        student = build_student(setting, teacher, models, inputs.seed)
        return Model(student, teacher, student=True).to(inputs.device)
    transcoder = build(setting, inputs.seed)
    return Model(transcoder, teacher, student=False).to(inputs.device)


def save_weights(weights: dict[str, Tensor], folder: Path) -> None:
    """Write a transcoder's state into a record's folder."""
    torch.save(weights, folder / FILE)
