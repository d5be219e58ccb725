"""The stage that trains a dual encoder, on small clips and captions."""

import numpy as np
import pytest
import torch
from paired import (
    CAPTIONS,
    SPLITS,
    clips_of,
    logmels,
    make_embeddings,
    material_in,
    setting_of,
    trained,
)
from trainings import arrays, same, stopped_and_resumed, weights

from core.errors import UnknownName
from experiments.common.finite import NotFinite
from experiments.retrieval.metrics import both_directions
from experiments.retrieval.network import encode_clips, encode_texts, load_network
from experiments.retrieval.training import Training

CURVES = {"loss", "valid_loss", "valid_map", "lr", "temperature"}
NO_DROPOUT = {"conv_dropout": 0.0, "fc_dropout": 0.0}
EVERYTHING = np.arange(sum(SPLITS.values()))
VALIDATION, EVALUATION = EVERYTHING[16:28], EVERYTHING[28:]


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    return material_in(tmp_path_factory.mktemp("material"))


def score(record, material, rows):
    """The mAP@10 of clips ranked for their captions, by the network of a record."""
    network = load_network(setting_of(), record)
    clips = encode_clips(network, logmels(), rows)
    mine = slice(rows[0] * CAPTIONS, (rows[-1] + 1) * CAPTIONS)
    texts = encode_texts(network, material["embeddings"]["embedding"][mine])
    clip = np.repeat(np.arange(len(rows)), CAPTIONS)
    found = both_directions(torch.from_numpy(texts), torch.from_numpy(clips), clip)
    return found["t2a_ap10"].mean()


@pytest.mark.parametrize("padding", ["masked", "zero"])
def test_what_a_training_leaves(material, tmp_path, padding):
    record = trained(material, tmp_path, padding=padding)
    found = arrays(record)
    assert set(found) == CURVES | {"epoch"}
    assert all(found[name].shape == (2,) for name in CURVES)
    assert found["epoch"] == found["valid_map"].argmax() + 1
    assert record.info["dim"] == 10
    assert record.info["captions"] == {"train": 48, "valid": 36}
    network = load_network(setting_of(), record)
    count = sum(p.numel() for p in network.parameters())
    assert record.info["parameters"] == count
    assert record.info["trained"] == count - 1  # the temperature
    assert "weights" not in record.info


def test_the_network_that_is_left_scored_best(material, tmp_path):
    record = trained(material, tmp_path, epochs=8, lr=3e-3, **NO_DROPOUT)
    assert score(record, material, VALIDATION) == pytest.approx(record["valid_map"].max())


def test_with_test_map_evaluation_chooses(material, tmp_path):
    record = trained(material, tmp_path, epochs=8, lr=3e-3, selection="test_map")
    assert record["epoch"] == record["test_map"].argmax() + 1
    assert score(record, material, EVALUATION) == pytest.approx(record["test_map"].max())


@pytest.mark.parametrize("selection", ["valid_loss", "last"])
def test_which_epoch_is_kept(material, tmp_path, selection):
    found = arrays(trained(material, tmp_path, epochs=8, lr=1e-2, selection=selection))
    lowest = found["valid_loss"].argmin() + 1
    assert found["epoch"] == (8 if selection == "last" else lowest)
    assert lowest != 8, "the two differ"


def test_marks_are_learnt(material, tmp_path):
    record = trained(material, tmp_path, epochs=15, lr=3e-3, width=0.125, **NO_DROPOUT)
    ranks = np.arange(1, len(VALIDATION) + 1)
    chance = (1 / ranks[:10]).sum() / len(ranks)
    assert chance == pytest.approx(0.244, abs=1e-3)
    assert record["valid_map"].max() > 2 * chance
    assert record["loss"][-1] < record["loss"][0] / 2


def test_a_run_is_its_seed(material, tmp_path):
    first, again, other = (
        trained(material, tmp_path / str(i), seed) for i, seed in enumerate((1, 1, 2))
    )
    assert same(first, again)
    assert not np.array_equal(first["loss"], other["loss"])


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"padding": "zero", "pairs": "one_per_epoch", "learned_temperature": True},
        {"fine_tune_from": 3, "stopping": "patience"},
    ],
)
def test_a_stopped_training_comes_to_the_same_numbers(material, tmp_path, changed):
    # A rate at which losses stall, so that the schedule's memory matters too.
    changed = {"epochs": 9, "lr": 0.01, **changed}
    whole = trained(material, tmp_path / "whole", **changed)
    resumed = stopped_and_resumed(
        lambda folder: trained(material, folder, **changed), tmp_path / "stopped", 4
    )
    assert same(whole, resumed)


def test_the_rate_falls_when_the_loss_stalls(material, tmp_path, monkeypatch):
    losses = iter([2.0, *[1.996] * 6, 1.9, *[1.9] * 7])
    monkeypatch.setattr(Training, "valid_losses", lambda *_: torch.tensor([next(losses)]).double())
    found = arrays(trained(material, tmp_path, epochs=15))
    # A gain of 0.004 is none: the sixth epoch after the first is one too many.
    np.testing.assert_allclose(found["lr"], [1e-3] * 7 + [1e-4] * 7 + [1e-5])


def test_curves_end_where_the_training_stops(material, tmp_path, monkeypatch):
    monkeypatch.setattr(Training, "valid_losses", lambda *_: torch.tensor([2.0]))
    record = trained(material, tmp_path, epochs=40, stopping="patience", selection="last")
    assert all(record[name].shape == (11,) for name in CURVES)
    assert record["epoch"] == 11


def test_a_temperature_is_learned_where_it_is_asked_for(material, tmp_path):
    fixed = trained(material, tmp_path / "fixed")
    learned = trained(material, tmp_path / "learned", learned_temperature=True, lr=1e-2)
    np.testing.assert_allclose(fixed["temperature"], 0.07, rtol=1e-6)
    assert abs(learned["temperature"][-1] - 0.07) > 1e-3
    assert learned.info["trained"] == learned.info["parameters"]


def changed_in(rows):
    """Make the clips, some of them with sounds that nobody could learn from."""
    return clips_of(EVERYTHING, lambda row, logmel: logmel * -3 if row in rows else logmel)


def test_who_hears_which_split(material, tmp_path):
    """Evaluation chooses under test_map alone, and neither it nor validation trains."""
    other = {
        name: material | {"clips": material_in(tmp_path / name, clips=changed_in(rows))["clips"]}
        for name, rows in (("validation", VALIDATION), ("evaluation", EVALUATION))
    }
    clean = trained(material, tmp_path / "clean")
    assert same(clean, trained(other["evaluation"], tmp_path / "e"))
    heard = trained(other["validation"], tmp_path / "v")
    assert not np.array_equal(clean["valid_loss"], heard["valid_loss"])
    assert clean["loss"][0] == heard["loss"][0]
    tests = [
        trained(m, tmp_path / f"t{i}", selection="test_map")["test_map"]
        for i, m in enumerate((material, other["evaluation"]))
    ]
    assert not np.array_equal(*tests)


def test_an_epoch_of_one_caption_a_clip_takes_as_many_steps(material, tmp_path, monkeypatch):
    steps = []
    monkeypatch.setattr(
        Training,
        "step",
        lambda self, part, batch: steps.append(len(batch.captions)) or torch.zeros(()),
    )
    for pairs, clips in (("all", 48), ("one_per_epoch", 16)):
        steps.clear()
        trained(material, tmp_path / pairs, pairs=pairs, epochs=1)
        assert sum(steps) == clips and set(steps) == {8}


def test_negatives_and_padding_matter(material, tmp_path):
    ways = [{}, {"negatives": "all"}, {"padding": "zero"}, {"temperature": 0.2}]
    losses = [trained(material, tmp_path / str(i), epochs=1, **w) for i, w in enumerate(ways)]
    assert len({float(record["loss"][0]) for record in losses}) == len(ways)


def test_frozen_parts_end_as_they_were_drawn(material, tmp_path):
    one, other = (
        trained(material, tmp_path / str(lr), fine_tune_from=7, lr=lr, epochs=1)
        for lr in (1e-3, 1e-2)
    )
    before, after = weights(one), weights(other)
    moved = {name for name in before if not torch.equal(before[name], after[name])}
    assert moved == {f"{n}.{k}" for n in ("audio.projection.0", "text") for k in ("weight", "bias")}
    assert one.info["trained"] == sum(before[name].numel() for name in moved)


def test_bfloat16_stays_near_float32(material, tmp_path):
    full, half = (
        arrays(trained(material, tmp_path / name, precision=name, **NO_DROPOUT))["loss"]
        for name in ("float32", "bfloat16")
    )
    assert not np.array_equal(full, half)
    np.testing.assert_allclose(full, half, rtol=0.1)


def test_a_loss_that_diverges_is_told(material, tmp_path):
    with pytest.raises(NotFinite, match=r"epoch \d, batch \d of \d"):
        trained(material, tmp_path, lr=1e30, epochs=4)


def test_a_damaged_embedding_is_told(material, tmp_path):
    def spoilt(setting, inputs, output):
        make_embeddings(setting, inputs, output)
        output._small["embedding"][5] = np.nan

    records = material | {"embeddings": material_in(tmp_path, embeddings=spoilt)["embeddings"]}
    with pytest.raises(NotFinite, match="the loss is nan in epoch 1"):
        trained(records, tmp_path)


@pytest.mark.parametrize(
    ("factor", "asked", "meant"),
    [
        ("selection", "valid_mpa", "valid_map"),
        ("padding", "mask", "masked"),
        ("init", "audio_set", "audioset"),
        ("stopping", "patient", "patience"),
        ("pairs", "al", "all"),
        ("negatives", "mask", "masked"),
        ("freezing", "forks", "fork"),
        ("backbone", "cnn16", "cnn6"),
    ],
)
def test_what_is_unknown_is_told_with_the_nearest(material, tmp_path, factor, asked, meant):
    with pytest.raises(UnknownName, match=f"did you mean '{meant}'"):
        trained(material, tmp_path, **{factor: asked})
