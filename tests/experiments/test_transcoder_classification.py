"""The classes of clips, by groups and by heads, and how well they are told."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from small_icbhi import run_stage

import yamnet
from core import Setting
from core.errors import DataError, UnknownName
from experiments.transcoder.classification import areas, classify, confusion
from experiments.transcoder.logits import score_clips
from experiments.transcoder.preparation import prepare_clips
from experiments.transcoder.sonyc_labels import CLASSES as COARSE
from experiments.transcoder.urbansound8k import CLASSES
from reference_models import CHECKPOINTS

HEARD = (
    *("Air conditioning", "Vehicle horn, car horn, honking", "Children playing", "Bark", "Drill"),
    *("Idling", "Gunshot, gunfire", "Jackhammer", "Siren", "Music"),
)
"""A class of the teacher for each of UrbanSound8K."""
BY_GROUPS = {"deep": 0, "groups": "corrected"}
BY_HEADS = {"deep": 1, "head_lr": 0.01, "head_epochs": 10, "head_batch_size": 32}


def clips_of(folder, labels, folds, classes):
    def make(setting, inputs, output):
        output["labels"] = np.asarray(labels, np.float32)
        output["folds"] = np.asarray(folds)
        output["names"] = np.array([f"clip {i}" for i in range(len(labels))])
        output.info["classes"] = list(classes)

    return run_stage(make, Setting({}), folder / "clips")


def logits_of(folder, scores, classes):
    def make(setting, inputs, output):
        output["scores"] = np.asarray(scores, np.float32)
        output["classes"] = list(classes)

    return run_stage(make, Setting({}), folder / "logits")


def classified(folder, target, clips, logits, **factors):
    setting = Setting({"target": target, **(factors or BY_GROUPS)})
    return run_stage(classify, setting, folder / "found", {"clips": clips, "logits": logits})


@pytest.fixture
def urban(tmp_path):
    """Twelve clips in three folds; the teacher errs in two, of one class there is none."""
    kind = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2])
    answers = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 3, 9])
    rng = np.random.default_rng(0)
    scores = 0.5 * rng.random((12, len(HEARD)))
    scores[np.arange(12), answers] = 0.9
    clips = clips_of(tmp_path, np.eye(10)[kind], ["1", "2", "10"] * 4, CLASSES)
    return kind, answers, clips, logits_of(tmp_path, scores, HEARD)


def test_urban_sounds_have_the_group_that_scores_highest(urban, tmp_path):
    kind, answers, clips, logits = urban
    found = classified(tmp_path, "URBAN-SOUND-8K-part", clips, logits)
    assert found["predictions"].tolist() == answers.tolist()
    assert found["labels"].tolist() == kind.tolist()
    np.testing.assert_array_equal(found["scores"], logits["scores"])
    assert found["accuracy"] == pytest.approx(10 / 12)
    wanted = np.zeros((10, 10), int)
    np.add.at(wanted, (kind, answers), 1)
    assert np.array_equal(found["confusion"], wanted)
    assert found["clip"].tolist() == list(range(12))
    assert found["fold"].tolist() == ["1", "2", "10"] * 4
    assert found["names"][3] == "clip 3"


def test_a_class_that_no_clip_has_is_left_out_and_told(urban, tmp_path, caplog):
    _, _, clips, logits = urban
    found = classified(tmp_path, "URBAN-SOUND-8K-part", clips, logits)
    assert np.isnan(found["auprc"]).tolist() == [name == "street_music" for name in CLASSES]
    assert found.info["absent"] == ["street_music"]
    assert caplog.messages == ["no clip of the test has street_music: left out of the mean AUPRC"]


def test_heads_learn_what_stands_for_what(tmp_path):
    """The teacher's classes are not those of any group; heads find out."""
    kind = np.tile(np.arange(10), 18)
    scores = np.random.default_rng(0).random((180, 20)) / 2
    scores[np.arange(180), 19 - kind] = 1
    clips = clips_of(tmp_path, np.eye(10)[kind], np.repeat(["1", "2", "10"], 60), CLASSES)
    logits = logits_of(tmp_path, scores, yamnet.class_names()[:20])
    found = classified(tmp_path, "URBAN-SOUND-8K-part", clips, logits, **BY_HEADS)
    assert found["accuracy"] > 0.95
    assert np.nanmean(found["auprc"]) > 0.95
    assert np.array_equal(found["predictions"], found["scores"].argmax(1))
    assert found["loss"].shape == (10,)


@pytest.fixture
def newyork(tmp_path):
    """Three recordings to train on and three to test with, two or three classes in each."""
    present = np.zeros((6, 8))
    present[[0, 1, 2, 3, 4, 5, 5], [0, 1, 2, 3, 4, 5, 0]] = 1
    classes = yamnet.class_names()
    scores = np.zeros((6, len(classes)))
    for i, name in enumerate(("Engine", "Jackhammer", "Bang", "Chainsaw", "Siren", "Music")):
        scores[i, classes.index(name)] = 0.9
    scores[5, classes.index("Engine")] = 0.8
    scores[:, classes.index("Wind")] = 0.95  # of no group
    clips = clips_of(tmp_path, present, ["train"] * 2 + ["validate"] + ["test"] * 3, COARSE)
    return present, clips, logits_of(tmp_path, scores, classes)


def test_of_new_york_the_test_part_is_told_class_by_class(newyork, tmp_path, caplog):
    present, clips, logits = newyork
    found = classified(tmp_path, "SONYC-UST", clips, logits)
    assert found["clip"].tolist() == [3, 4, 5]
    assert np.array_equal(found["labels"], present[3:] > 0)
    assert "confusion" not in found.arrays
    # Of the eight that are told, some score 0 as all other groups and classes do: the last ones.
    assert found["predictions"].dtype == bool
    assert found["predictions"][present[3:] > 0].all()
    assert found["accuracy"] == (found["predictions"] == found["labels"]).mean()
    heard = [0, 3, 4, 5]
    assert found["auprc"][heard].tolist() == [1, 1, 1, 1]
    assert np.isnan(np.delete(found["auprc"], heard)).all()
    assert len(found.info["absent"]) == 4


def test_in_new_york_a_head_tells_what_is_likelier_than_not(newyork, tmp_path, caplog):
    _, clips, logits = newyork
    found = classified(tmp_path, "SONYC-UST-part", clips, logits, **BY_HEADS)
    assert np.array_equal(found["predictions"], found["scores"] >= 0.5)
    assert found["scores"].shape == (3, 8)


def test_areas_under_precision_and_recall_are_sums_of_trapezoids():
    present = np.array([[1, 0, 1], [0, 0, 0], [1, 0, 1]], bool)
    scores = np.array([[0.9, 0.1, 0.3], [0.8, 0.2, 0.1], [0.7, 0.3, 0.2]])
    # Recall 1, 1/2, 1/2, 0 with precision 2/3, 1/2, 1, 1; all in order.
    wanted = [(2 / 3 + 1 / 2) / 4 + 1 / 2, np.nan, 1]
    np.testing.assert_allclose(areas(present, scores), wanted)


def test_equal_scores_give_precision_between_chance_and_one():
    present = np.array([[True], [False], [False], [False]])
    assert areas(present, np.zeros((4, 1))) == pytest.approx((1 / 4 + 1) / 2)


def test_confusion_has_true_classes_in_rows():
    found = confusion(np.array([0, 0, 2]), np.array([1, 1, 2]), 3)
    assert found.tolist() == [[0, 2, 0], [0, 0, 0], [0, 0, 1]]


def test_groups_that_a_teacher_does_not_know_are_told(urban, tmp_path, caplog):
    kind, _, clips, _ = urban
    few = logits_of(tmp_path / "few", np.eye(10)[kind][:, :7], HEARD[:7])
    found = classified(tmp_path, "synthetic-urbansound8k", clips, few)
    assert "knows no class of jackhammer, siren, street_music" in caplog.messages[0]
    assert (found["scores"][:, 7:] == 0).all()


def test_a_teacher_that_knows_nothing_of_the_target_is_refused(urban, tmp_path):
    _, _, clips, logits = urban
    foreign = logits_of(tmp_path / "foreign", logits["scores"][:, :2], ["Rain", "Wind"])
    with pytest.raises(DataError, match=r"no class that stands for one of URBAN.*are Rain, Wind"):
        classified(tmp_path, "URBAN-SOUND-8K", clips, foreign)


@pytest.mark.parametrize(
    ("target", "factors", "told"),
    [
        ("URBANSOUND8K", BY_GROUPS, "unknown target 'URBANSOUND8K'; did you mean 'URBAN-SOUND-8K'"),
        ("URBAN-SOUND-8K", {"deep": 0, "groups": "ours"}, "unknown groups 'ours'"),
    ],
)
def test_unknown_names_find_their_neighbours(urban, tmp_path, target, factors, told):
    _, _, clips, logits = urban
    with pytest.raises(UnknownName, match=told):
        classified(tmp_path, target, clips, logits, **factors)


def test_one_fold_alone_is_told_by_groups_and_cannot_train(tmp_path, caplog):
    clips = clips_of(tmp_path, np.eye(10), ["5"] * 10, CLASSES)
    logits = logits_of(tmp_path, np.eye(10), HEARD)
    assert classified(tmp_path, "URBAN-SOUND-8K-part", clips, logits)["accuracy"] == 1
    with pytest.raises(DataError, match="nothing to train on"):
        classified(tmp_path, "URBAN-SOUND-8K-part", clips, logits, **BY_HEADS)


def test_the_real_yamnet_tells_real_urban_sounds(real_data, tmp_path):
    """240 clips, 24 a class, in folds 1, 2 and 10: 73 % by groups and 71 % by heads measured.

    On all 2,985 clips of these folds it was about 62 % and 76 %.
    """
    corpus = real_data("urbansound8k-subset")
    weights = real_data("yamnet") / "yamnet_classification_int8.tflite"
    target = {"target": "URBAN-SOUND-8K-part"}
    clips = run_stage(
        lambda s, inputs, output: prepare_clips(s, replace(inputs, data=corpus), output),
        Setting(target),
        tmp_path / "clips",
    )
    (tmp_path / "models").mkdir()
    shutil.copy(weights, tmp_path / "models" / CHECKPOINTS["yamnet_int8"].file)
    setting = Setting({"classifier": "YamNet", "teacher": "int8", "transcoder": "oracle"})
    logits = run_stage(score_clips, setting, tmp_path, {"clips": clips})
    by_groups = classified(tmp_path, **target, clips=clips, logits=logits)
    assert len(by_groups["clip"]) == 240
    assert 0.65 < by_groups["accuracy"] < 0.8
    heads = {**BY_HEADS, "head_lr": 1e-3, "head_epochs": 30}
    by_heads = classified(tmp_path / "heads", **target, clips=clips, logits=logits, **heads)
    assert 0.6 < by_heads["accuracy"] < 0.8
    gun_shot = CLASSES.index("gun_shot")
    assert by_groups["confusion"][gun_shot, gun_shot] >= 20, "what is plain is told"
