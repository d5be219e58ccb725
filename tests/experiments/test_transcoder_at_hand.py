"""Which transcoder a word or a path means, for which classifier and teacher."""

import json
import shutil

import pytest
import torch

from core.errors import DataError, RecordError, UnknownName
from experiments.transcoder.at_hand import choose
from experiments.transcoder.published import FILES
from kept_transcoder import CLASSES, keep_training, one_thread, publish

ID = "4f98adc81de777b7"


@pytest.fixture(autouse=True)
def quietly():
    with one_thread():
        yield


@pytest.mark.parametrize(
    ("classifier", "teacher", "expected"),
    [
        (None, None, ("YamNet", "released", "yamnet")),
        (None, "int8", ("YamNet", "int8", "yamnet_int8")),
        ("PANN", None, ("PANN", "released", "pann_resnet38")),
    ],
)
def test_pinv_is_for_any_classifier(classifier, teacher, expected):
    choice = choose(["pinv"], classifier, teacher)
    assert [source.label for source in choice.sources] == ["PINV"]
    assert (choice.classifier, choice.teacher, choice.checkpoint) == expected


@pytest.mark.parametrize(
    ("changed", "label"),
    [
        ({}, "CNN-logits 4f98"),
        ({"ts": 0}, "CNN-mels 4f98"),
        ({"prop_logit": 50}, "CNN-both 4f98"),
        ({"transcoder": "mlp", "ts": 0, "hidden1": 4, "hidden2": 4}, "mlp-mels 4f98"),
        ({"transcoder": "self", "mode": "train"}, "self-logits 4f98"),
        ({"transcoder": "effnet_b0", "init": "imagenet"}, "effnet_b0-logits 4f98"),
    ],
)
def test_a_training_tells_classifier_and_teacher_and_comes_back(tmp_path, changed, label):
    folder = keep_training(tmp_path, ID, "PANN", **changed)
    choice = choose([str(folder), "pinv"], None, None)
    assert (choice.classifier, choice.teacher, choice.checkpoint) == ("PANN", "trained", None)
    models = choice.load(tmp_path)
    assert list(models) == [label, "PINV"]
    model = models[label]
    assert not model.transcoder.training
    assert model.teacher.class_names == models["PINV"].teacher.class_names == CLASSES
    stored = torch.load(folder / "transcoder.pt", weights_only=True)
    torch.testing.assert_close(dict(model.transcoder.state_dict()), stored)


def test_what_was_computed_with_a_training_stands_for_it(tmp_path):
    training = keep_training(tmp_path, ID)
    evaluation = tmp_path / "transcoder" / "evaluation" / "e7a1"
    evaluation.mkdir(parents=True)
    meta = {"id": "e7a1", "stage": "evaluation", "needs": {"training": ID}}
    (evaluation / "record.json").write_text(json.dumps(meta))
    (source,) = choose([str(evaluation)], None, None).sources
    assert source.label == "CNN-logits 4f98"
    shutil.rmtree(training)
    with pytest.raises(RecordError, match=f"{ID}, which is gone"):
        choose([str(evaluation)], None, None)


def test_another_teacher_can_be_asked_for(tmp_path):
    choice = choose([str(keep_training(tmp_path, ID))], None, "int8")
    assert (choice.teacher, choice.checkpoint, choice.record) == ("int8", "yamnet_int8", None)


def test_published_files_by_name_and_by_folder(tmp_path):
    folder = publish(tmp_path / "weights", "PANN")
    file = folder / FILES["PANN", 0]
    assert [s.label for s in choose([str(file)], None, None).sources] == ["CNN-mels"]
    assert choose([str(file)], None, None).classifier == "PANN"
    choice = choose([str(folder)], "PANN", None)
    assert [source.label for source in choice.sources] == ["CNN-logits", "CNN-mels"]
    renamed = shutil.copy(file, tmp_path / "mine.pt")
    assert [s.label for s in choose([str(renamed)], "PANN", None).sources] == ["mine"]


def test_what_holds_no_fitting_transcoder_is_refused(tmp_path):
    training = keep_training(tmp_path / "results", ID)
    weights = publish(tmp_path / "weights", "PANN")
    teacher = training.parents[1] / "teacher" / "0ea4e75d0ea4e75d"
    for words, classifier, told in [
        ([training], "PANN", "transcodes for YamNet, not for PANN"),
        ([training, weights / FILES["PANN", 1]], None, "transcodes for PANN, not for YamNet"),
        ([weights], "YamNet", "has no transcoder for YamNet, which would be classifier=YamNet"),
        ([tmp_path], None, "has no transcoder"),
        ([teacher], None, "is a record of the stage 'teacher', with no trained network"),
    ]:
        with pytest.raises(DataError, match=told):
            choose([str(word) for word in words], classifier, None)
    with pytest.raises(UnknownName, match=r"did you mean 'pinv'.*or the path of a training"):
        choose(["pinw"], None, None)
    with pytest.raises(UnknownName, match="unknown classifier 'Pann'; did you mean 'PANN'"):
        choose(["pinv"], "Pann", None)


def test_records_that_lack_something_are_named(tmp_path):
    training = keep_training(tmp_path, ID)
    (training / "transcoder.pt").unlink()
    with pytest.raises(RecordError, match=r"transcoder.pt is gone"):
        choose([str(training)], None, None).load(tmp_path)
    shutil.rmtree(training.parents[1] / "teacher")
    with pytest.raises(RecordError, match=r"needs .*teacher.*, which is gone"):
        choose([str(training)], None, None)
    (training / "record.json").write_text("{")
    with pytest.raises(RecordError, match="damaged"):
        choose([str(training)], None, None)
