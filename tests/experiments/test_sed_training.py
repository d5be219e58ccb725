"""The stage that trains on weak labels, on small mixtures."""

import numpy as np
import pytest
import torch
from mixed import (
    BANDS,
    CLASSES,
    CLIPS,
    FRAMES,
    make_mixtures,
    mixtures_in,
    setting_of,
    trained,
)
from trainings import arrays, same, stopped_and_resumed, weights

from experiments.common.finite import NotFinite
from experiments.sed.material import Mixtures
from experiments.sed.network import load_network

MODELS = ("att2_ae", "att1", "gwrp", "atrous_att")


@pytest.fixture(scope="module")
def mixtures(tmp_path_factory):
    return mixtures_in(tmp_path_factory.mktemp("mixtures"))


@pytest.mark.parametrize("model", MODELS)
def test_what_a_training_leaves(mixtures, tmp_path, model):
    record = trained(mixtures, tmp_path, model=model)
    found = arrays(record)
    assert {n for n in found if found[n].shape == (3,)} == set(found) - {"epoch"}
    assert found["epoch"] == found["valid_ap"].argmax() + 1
    assert record.info["shape"] == {"frames": FRAMES, "bands": BANDS, "classes": CLASSES}
    assert record.info["clips"] == {"train": 2 * CLIPS, "valid": CLIPS}
    network = load_network(setting_of(model=model), record)
    assert record.info["parameters"] == sum(p.numel() for p in network.parameters())
    assert not network.training


def test_the_network_that_is_left_scored_best(mixtures, tmp_path):
    from sklearn.metrics import average_precision_score

    record = trained(mixtures, tmp_path, epochs=6, lr=3e-3)
    network = load_network(setting_of(), record)
    rows = np.arange(CLIPS)  # test fold 4: fold 1 validates
    gathered = Mixtures([mixtures])
    with torch.inference_mode():
        said = network(torch.from_numpy(gathered.logmels(rows))).clips
    target = mixtures["target"][rows]
    score = average_precision_score(target, said, average="micro")
    assert score == pytest.approx(record["valid_ap"].max(), abs=1e-6)
    mean, std = gathered.statistics(np.arange(CLIPS, 3 * CLIPS))
    np.testing.assert_allclose(network.mean, mean, rtol=1e-6)
    np.testing.assert_allclose(network.std, std, rtol=1e-6)


@pytest.mark.parametrize("model", MODELS)
def test_a_stopped_training_comes_to_the_same_numbers(mixtures, tmp_path, model):
    # A rate at which scores stall, so that the schedule's memory matters too.
    changed = {"model": model, "epochs": 8, "lr": 0.03}
    whole = trained(mixtures, tmp_path / "whole", **changed)
    resumed = stopped_and_resumed(
        lambda folder: trained(mixtures, folder, **changed), tmp_path / "stopped", 5
    )
    assert same(whole, resumed)


def test_a_run_is_its_seed(mixtures, tmp_path):
    first, again, other = (
        trained(mixtures, tmp_path / str(i), seed) for i, seed in enumerate((1, 1, 2))
    )
    assert same(first, again)
    assert not np.array_equal(first["loss"], other["loss"])


def spoilt(fold):
    """Make the mixtures with clips of a fold that nobody could learn from."""

    def make(setting, inputs, output):
        make_mixtures(setting, inputs, output)
        for name, value in (("logmel", 1e9), ("target", 1)):
            array = output._small[name]
            array[output._small["fold"] == fold] = value

    return make


@pytest.mark.parametrize(("selection", "influenced"), [("held_out", False), ("best_on_test", True)])
def test_who_hears_the_test_fold(mixtures, tmp_path, selection, influenced):
    other = mixtures_in(tmp_path / "other", spoilt(4))
    clean = trained(mixtures, tmp_path / "clean", selection=selection)
    dirty = trained(other, tmp_path / "dirty", selection=selection)
    assert same(clean, dirty) != influenced
    # It is heard in choosing the epoch, not in training.
    assert np.array_equal(clean["loss"], dirty["loss"])


def test_the_held_out_fold_does_not_train(mixtures, tmp_path):
    other = mixtures_in(tmp_path / "other", spoilt(1))
    clean, dirty = (
        trained(m, tmp_path / n, epochs=2) for n, m in (("clean", mixtures), ("dirty", other))
    )
    assert np.array_equal(clean["loss"], dirty["loss"])
    assert not np.array_equal(clean["valid_loss"], dirty["valid_loss"])


def test_the_rate_falls_when_the_score_stalls(mixtures, tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.sed.training.Tally.micro_ap", lambda tally: 0.5)
    found = arrays(trained(mixtures, tmp_path, model="gap", width=0.03125, epochs=10))
    # The first score counts as better; three more may stall, and the fifth epoch's one decides.
    np.testing.assert_allclose(found["lr"], [1e-3] * 5 + [1e-4] * 4 + [1e-5])
    assert found["epoch"] == 1


def test_alpha_0_learns_what_att2_learns(mixtures, tmp_path):
    whole = trained(mixtures, tmp_path / "att2_ae", alpha=0.0)
    alone = trained(mixtures, tmp_path / "att2", model="att2")
    with_alpha = trained(mixtures, tmp_path / "alpha", alpha=0.5)
    assert all(np.array_equal(whole[n], alone[n]) for n in alone.arrays)
    assert not np.array_equal(with_alpha["train_ap"], alone["train_ap"])
    before, after = weights(whole), weights(alone)
    assert all(torch.equal(before[n], after[n]) for n in after)


@pytest.mark.parametrize("model", ["att2_ae", "gap"])
def test_marks_are_learnt(mixtures, tmp_path, model):
    record = trained(mixtures, tmp_path, model=model, epochs=20, lr=1e-2, batch_size=4)
    chance = mixtures["target"].mean()
    assert record["valid_ap"].max() > 0.5 + chance / 2
    assert record["train_ap"][-1] > record["train_ap"][0]
    assert record["loss"][-1] < record["loss"][0]


def test_bfloat16_stays_near_float32(mixtures, tmp_path):
    full, half = (
        arrays(trained(mixtures, tmp_path / name, precision=name))["loss"]
        for name in ("float32", "bfloat16")
    )
    assert not np.array_equal(full, half)
    np.testing.assert_allclose(full, half, rtol=0.05)


@pytest.mark.parametrize("model", ["att2_ae", "gwrp"])
def test_a_loss_that_diverges_is_told(mixtures, tmp_path, model):
    with pytest.raises(NotFinite, match=r"epoch \d, batch \d of \d"):
        trained(mixtures, tmp_path, model=model, lr=1e30, epochs=4)


def test_shares_are_one_material(mixtures, tmp_path):
    from small_icbhi import run_stage

    from experiments.sed.training import train

    def half(rows):
        def make(setting, inputs, output):
            for name in ("logmel", "target", "fold"):
                output[name] = mixtures[name][rows]

        return make

    cuts = {"mixtures 1of2": slice(0, 17), "mixtures 2of2": slice(17, None)}
    needs = {name: mixtures_in(tmp_path / name, half(rows)) for name, rows in cuts.items()}
    divided = run_stage(train, setting_of(), tmp_path / "divided", needs)
    assert same(divided, trained(mixtures, tmp_path / "whole"))
