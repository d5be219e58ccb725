"""Teachers: released, int8 and trained; frozen, differentiable, and copies that train."""

import copy
import json
from pathlib import Path

import pytest
import torch

import pann
import yamnet
from core import Record, Setting
from core.errors import DataError, DownloadError, PlanError, RecordError, UnknownName
from core.output import Inputs, Output
from experiments.transcoder.teachers import (
    keep_teacher,
    small_network,
    teacher,
    teacher_of,
)
from local_checkpoint import placed, published_pann, served

FRAMES = {"PANN": 101, "YamNet": 96}
NAMES = ("Siren", "Bark", "Music")


def record(folder: Path, classifier: str) -> Record:
    """What the stage that trains a small teacher leaves."""
    folder.mkdir(parents=True)
    output = Output(folder, folder / "checkpoint")
    torch.manual_seed(1)
    keep_teacher(small_network(classifier, 1 / 32, len(NAMES)), 1 / 32, NAMES, output)
    meta = {"id": folder.name, "info": output.info, "arrays": []}
    (folder / "record.json").write_text(json.dumps(meta))
    return Record(folder)


@pytest.fixture(params=["PANN", "YamNet"])
def trained(request, tmp_path):
    kept = record(tmp_path / "abc", request.param)
    return request.param, teacher(request.param, "trained", tmp_path, kept)


def test_trained_teacher_comes_back_with_its_classes(trained, tmp_path):
    classifier, found = trained
    assert found.class_names == NAMES
    torch.manual_seed(1)
    network = small_network(classifier, 1 / 32, len(NAMES)).eval()
    log_mel = torch.randn(2, FRAMES[classifier], 64)
    with torch.no_grad():
        torch.testing.assert_close(found.scores(log_mel), network(log_mel).sigmoid())


def test_teacher_is_frozen_and_gradients_pass_through_it(trained):
    classifier, found = trained
    before = copy.deepcopy(found.state_dict())
    log_mel = torch.randn(2, FRAMES[classifier], 64, requires_grad=True)
    found.train()
    assert not found.network.training
    found.scores(log_mel).sum().backward()
    assert log_mel.grad.abs().sum() > 0
    assert not any(p.requires_grad for p in found.parameters())
    assert all(torch.equal(before[name], value) for name, value in found.state_dict().items())


def test_copy_with_free_parameters_trains_and_leaves_the_teacher(trained):
    _, found = trained
    student = copy.deepcopy(found).requires_grad_(True)
    assert student.train().network.training
    assert not student.eval().network.training
    assert not any(p.requires_grad for p in found.parameters())


def test_released_pann_is_resnet38(tmp_path, monkeypatch):
    placed("pann_resnet38", published_pann("resnet38", 111), tmp_path, monkeypatch)
    found = teacher("PANN", "released", tmp_path)
    assert found.class_names == pann.class_names()
    assert sum(p.numel() for p in found.parameters()) == 73_783_247
    scores = found.scores(torch.randn(1, 101, 64))
    assert scores.shape == (1, 527)
    assert scores.argmax() == 111
    assert found.network.augment, "as published, wherever a copy is put into training mode"


def test_int8_yamnet(real_data, tmp_path, monkeypatch):
    content = (real_data("yamnet") / "yamnet_classification_int8.tflite").read_bytes()
    placed("yamnet_int8", content, tmp_path, monkeypatch)
    found = teacher("YamNet", "int8", tmp_path)
    scores = found.scores(torch.full((2, 96, 64), -6.9))
    assert found.class_names == yamnet.class_names()
    assert found.class_names[scores[0].argmax()] == "Silence"


def test_checkpoint_that_cannot_be_had_is_told_with_the_command(tmp_path, monkeypatch):
    with served("yamnet", b"weights", monkeypatch) as site:
        site.statuses = [404]
        with pytest.raises(DownloadError, match="sonoplan models yamnet --check --folder"):
            teacher("YamNet", "released", tmp_path)


@pytest.mark.parametrize(
    ("arguments", "error", "told"),
    [
        (("PANNs", "released"), UnknownName, "unknown classifier 'PANNs'; did you mean 'PANN'"),
        (("PANN", "relased"), UnknownName, "unknown teacher 'relased'; did you mean 'released'"),
        (("PANN", "int8"), PlanError, "teacher=int8 is there for YamNet only, not for PANN"),
        (("YamNet", "trained"), PlanError, "needs the stage that trains it"),
    ],
)
def test_requests_that_cannot_be_met(tmp_path, arguments, error, told):
    with pytest.raises(error, match=told):
        teacher(*arguments, tmp_path)


def test_record_of_another_classifier_is_refused(tmp_path):
    kept = record(tmp_path / "abc", "YamNet")
    with pytest.raises(DataError, match=r"teacher.pt is no teacher for PANN"):
        teacher("PANN", "trained", tmp_path, kept)
    (kept.folder / "teacher.pt").unlink()
    with pytest.raises(RecordError, match=r"teacher.pt is gone"):
        teacher("YamNet", "trained", tmp_path, kept)


def test_teacher_of_a_setting_comes_from_the_record_of_its_stage(tmp_path):
    kept = record(tmp_path / "abc", "YamNet")
    setting = Setting({"classifier": "YamNet", "teacher": "trained"})
    assert teacher_of(setting, Inputs({"teacher": kept})).class_names == NAMES
