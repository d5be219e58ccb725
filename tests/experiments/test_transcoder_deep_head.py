"""Heads trained side by side: each as if it was alone."""

import numpy as np
import pytest
import torch
from small_icbhi import run_stage
from torch import nn

from core import Inputs, Setting
from core.errors import DataError, Stopped
from core.stop import STOP
from experiments.common.batches import epoch_generator
from experiments.common.finite import NotFinite
from experiments.transcoder.deep_head import HIDDEN, DeepHeads, Training, learn
from experiments.transcoder.rotation import turns

CLIPS, WIDTH, CLASSES = 75, 12, 3
SETTING = Setting({"head_lr": 0.01, "head_epochs": 4, "head_batch_size": 8})
# Folds of 10, 25 and 40: the heads take 9, 7 and 5 steps an epoch, and last ones of 1, 2 and 3.
FOLDS = np.repeat(["1", "2", "3"], [10, 25, 40])


def material(noise=0.1):
    """Scores in which a class raises inputs of its own."""
    rng = np.random.default_rng(0)
    kind = rng.integers(0, CLASSES, CLIPS)
    labels = np.eye(CLASSES, dtype=np.float32)[kind]
    scores = noise * rng.random((CLIPS, WIDTH)) + labels.repeat(WIDTH // CLASSES, axis=1) / 2
    return scores.astype(np.float32), labels


def learnt(folder, folds=FOLDS, setting=SETTING, data=None):
    scores, labels = data or material()

    def stage(setting, inputs, output):
        output["answers"] = learn(setting, inputs, output, scores, labels, turns(folds))

    return run_stage(stage, setting, folder, seed=7)


def alone(turn, scores, labels):
    """One head, trained as anybody would."""
    torch.manual_seed(7)
    head = nn.Sequential(nn.Linear(WIDTH, HIDDEN), nn.Linear(HIDDEN, CLASSES), nn.Sigmoid())
    optimiser = torch.optim.Adam(head.parameters(), 0.01)
    train = torch.from_numpy(turn.train)
    for epoch in range(4):
        order = train[torch.randperm(len(train), generator=epoch_generator(7, epoch))]
        for rows in order.split(8):
            optimiser.zero_grad()
            nn.functional.binary_cross_entropy(head(scores[rows]), labels[rows]).backward()
            optimiser.step()
    with torch.no_grad():
        return head(scores[turn.test])


def test_heads_side_by_side_are_what_each_is_alone(tmp_path):
    found = learnt(tmp_path)["answers"]
    scores, labels = map(torch.from_numpy, material())
    for turn in turns(FOLDS):
        wanted = alone(turn, scores, labels)
        np.testing.assert_allclose(found[turn.test], wanted, rtol=0, atol=1e-5)


def test_all_heads_start_alike_by_the_seed_and_not_by_what_was_drawn_before():
    heads = [DeepHeads(3, WIDTH, CLASSES, seed, "cpu") for seed in (1, 1, 2)]
    scores = torch.rand(1, 4, WIDTH).expand(3, -1, -1)
    first, second, third = heads[0](scores)
    assert torch.equal(first, second) and torch.equal(first, third)
    assert torch.equal(heads[0](scores), heads[1](scores))
    assert not torch.allclose(heads[0](scores), heads[2](scores))


def test_a_head_without_a_batch_stands_still():
    scores, labels = map(torch.from_numpy, material())
    training = Training(SETTING, Inputs(seed=7), scores, labels, turns(FOLDS))
    full = torch.arange(8)
    training.step([full, full, full])
    before = [parameter.detach().clone() for parameter in training.heads.together]
    training.step([full, torch.empty(0, dtype=torch.long), full])
    for old, new in zip(before, training.heads.together, strict=True):
        assert torch.equal(old[1], new[1])
        assert not torch.equal(old[0], new[0])


def test_what_can_be_told_is_learnt_and_the_loss_falls(tmp_path):
    setting = Setting({**SETTING, "head_epochs": 20})
    found = learnt(tmp_path, setting=setting)
    assert found["loss"].shape == (20,)
    assert found["loss"][-1] < found["loss"][0] / 3
    assert (found["answers"].argmax(1) == material()[1].argmax(1)).all()


def test_only_the_test_part_is_answered(tmp_path):
    folds = np.array(["train", "test", "validate"] * 25)
    found = learnt(tmp_path, folds)["answers"]
    assert (found[folds != "test"] == 0).all()
    assert (found[folds == "test"] > 0).all()


def test_a_stopped_training_goes_on_to_the_same_answers(tmp_path, monkeypatch):
    whole = learnt(tmp_path / "whole")
    run_epoch = Training.run_epoch

    def stopping(self, epoch):
        run_epoch(self, epoch)
        monkeypatch.setattr(STOP, "asked", epoch == 1)

    monkeypatch.setattr(Training, "run_epoch", stopping)
    with pytest.raises(Stopped, match="2 of 4 epochs"):
        learnt(tmp_path / "stopped")
    monkeypatch.setattr(STOP, "asked", False)
    found = learnt(tmp_path / "stopped")
    assert np.array_equal(found["answers"], whole["answers"])
    assert np.array_equal(found["loss"], whole["loss"])


@pytest.mark.parametrize("folds", [["5"] * CLIPS, ["test"] * CLIPS])
def test_a_fold_alone_has_nothing_to_train_on(folds, tmp_path):
    with pytest.raises(DataError, match=r"nothing to train on.*deep=0, which needs no training"):
        learnt(tmp_path, np.array(folds))


def test_scores_that_are_no_numbers_stop_the_training(tmp_path):
    scores, labels = material()
    scores[3] = np.nan
    with pytest.raises(NotFinite, match="in epoch 1"):
        learnt(tmp_path, data=(scores, labels))
