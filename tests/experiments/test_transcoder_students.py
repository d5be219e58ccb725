"""The students: published sizes, scores in [0, 1], where they start, what they train."""

import pytest
import torch
from torch import nn

from core import Setting
from core.errors import DataError, UnknownName
from experiments.common.classifiers import Classifier
from experiments.transcoder.pinv import Pinv
from experiments.transcoder.students import EfficientNetStudent, build_student
from experiments.transcoder.teachers import Teacher, small_network

SIZES = [
    ("effnet_b0", 527, 4_682_059),
    ("effnet_b0", 521, 4_674_373),
    ("effnet_b7", 527, 65_135_455),
    ("effnet_b7", 521, 65_120_089),
]


def levels() -> torch.Tensor:
    """Levels (3, 8, 29) of noise."""
    return 10 * torch.randn(3, 8, 29, generator=torch.Generator().manual_seed(0)) - 20


@pytest.fixture(scope="module")
def teacher() -> Teacher:
    names = tuple(f"class {i}" for i in range(7))
    return Teacher(Classifier(small_network("YamNet", 0.125, 7), names))


def setting(transcoder: str) -> Setting:
    return Setting({"transcoder": transcoder, "classifier": "YamNet", "pinv": "magnitude"})


@pytest.mark.parametrize(("name", "classes", "size"), SIZES)
def test_golden_sizes(name, classes, size):
    with torch.device("meta"):
        student = EfficientNetStudent(name, classes)
    assert sum(parameter.numel() for parameter in student.parameters()) == size


def test_the_first_convolution_reads_one_colour_without_padding():
    with torch.device("meta"):
        stem = EfficientNetStudent("effnet_b0", 7).network.features[0][0]
    assert (stem.in_channels, stem.kernel_size, stem.stride) == (1, (3, 3), (2, 2))
    assert (stem.padding, stem.bias) == ((0, 0), None)


def test_scores_are_clamped(teacher):
    student = build_student(setting("effnet_b0"), teacher).eval()
    nn.init.constant_(student.network.classifier[1].bias, 0.5)
    nn.init.constant_(student.network.classifier[1].bias[0], 90)
    nn.init.constant_(student.network.classifier[1].bias[1], -90)
    scores = student(levels())
    assert scores.shape == (3, 7)
    assert scores[:, 0].tolist() == [1, 1, 1]
    assert scores[:, 1].tolist() == [0, 0, 0]


def test_the_student_self_begins_as_its_teacher_and_trains_all_of_it(teacher):
    student = build_student(setting("self"), teacher).eval()
    mels = Pinv("YamNet")(levels())
    torch.testing.assert_close(student(levels()), teacher.scores(mels))
    trained = list(student.parameters())
    assert len(trained) == len(list(teacher.parameters()))
    assert all(parameter.requires_grad for parameter in trained)
    assert not any(parameter.requires_grad for parameter in teacher.parameters())
    assert student.train().network.network.training
    assert not teacher.train().network.training


def test_weights_are_drawn_from_the_seed_alone(teacher):
    first, again, other = (
        build_student(setting("effnet_b0"), teacher, seed=seed).state_dict() for seed in (1, 1, 2)
    )
    key = "network.features.0.0.weight"
    assert torch.equal(first[key], again[key])
    assert not torch.equal(first[key], other[key])


def test_imagenet_weights_are_taken_but_for_the_first_and_last_layer(tmp_path):
    student = EfficientNetStudent("effnet_b0", 7)
    before = {name: value.clone() for name, value in student.network.state_dict().items()}
    colours = {
        "features.0.0.weight": torch.zeros(32, 3, 3, 3),
        "classifier.1.weight": torch.zeros(1000, 1280),
        "classifier.1.bias": torch.zeros(1000),
    }
    weights = {name: torch.zeros_like(value) for name, value in before.items()} | colours
    torch.save(weights, tmp_path / "b0.pth")
    student.load_imagenet(tmp_path / "b0.pth")
    after = student.network.state_dict()
    assert all(torch.equal(after[name], before[name]) for name in colours)
    assert not any(after[name].any() for name in after if name not in colours)

    del weights["features.1.0.block.0.0.weight"]
    torch.save(weights, tmp_path / "b0.pth")
    with pytest.raises(DataError, match=r"features\.1\.0\.block\.0\.0\.weight"):
        student.load_imagenet(tmp_path / "b0.pth")


def test_an_unknown_student_is_refused(teacher):
    with pytest.raises(UnknownName, match="did you mean 'effnet_b0'"):
        build_student(setting("effnet-b0"), teacher)
