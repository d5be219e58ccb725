"""The dual encoder: what it draws, what it encodes, and how it is kept."""

import numpy as np
import pytest
import torch
from paired import DIM, logmels, setting_of
from small_icbhi import run_stage

from core import Setting
from core.errors import DataError, PlanError
from experiments.retrieval.network import (
    alike,
    build,
    encode_clips,
    encode_texts,
    load_network,
    save_weights,
)


def network(seed=1, **changed):
    return build(setting_of(**changed), DIM, seed)


def same(first, second):
    a, b = first.state_dict(), second.state_dict()
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def test_a_network_is_its_seed_whatever_was_drawn_before():
    first = network(3)
    torch.rand(7)
    assert same(first, network(3))
    assert not same(first, network(4))


def test_it_knows_no_caption():
    """Nothing in its state is as long as a set of captions: what it reads is named by no text."""
    parameters = sum(p.numel() for p in network().parameters())
    audio = sum(p.numel() for p in network().audio.parameters())
    assert parameters == audio + DIM * 300 + 300 + 1


def test_vectors_are_unit_and_as_long_for_clips_as_for_texts():
    made = network()
    clips = encode_clips(made, logmels(), [5, 2, 7])
    texts = encode_texts(made, np.random.default_rng(0).standard_normal((4, DIM)))
    assert clips.shape == (3, 300) and texts.shape == (4, 300)
    assert clips.dtype == texts.dtype == np.float32
    for vectors in (clips, texts):
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("at_once", [1, 100, 10**9])
def test_clips_are_encoded_in_the_order_asked_for_each_as_it_is_alone(monkeypatch, at_once):
    monkeypatch.setattr("experiments.retrieval.network.AT_ONCE", at_once)
    made, rows = network(), [8, 1, 30, 1, 4, 12]
    together = encode_clips(made, logmels(), rows)
    with torch.inference_mode():
        alone = [made.embed_clips(torch.from_numpy(logmels()[row])[None]) for row in rows]
    np.testing.assert_allclose(together, torch.cat(alone), rtol=0, atol=1e-5)
    assert np.ptp(together, axis=0).max() > 0.05, "clips differ"


def test_batches_are_of_like_lengths_and_hold_every_clip_once():
    lengths = np.array([10, 40, 12, 41, 90, 11])
    batches = [found.tolist() for found in alike(lengths, 80)]
    assert batches == [[4], [3], [1, 2], [5, 0]]  # 90; 41; 40 and 12; 11 and 10 frames


def test_embeddings_of_another_encoder_are_refused():
    with pytest.raises(DataError, match=r"are \(7,\) long where this network reads \(10,\)"):
        encode_texts(network(), np.zeros((2, 7)))


def test_what_is_saved_is_loaded_for_scoring(tmp_path):
    made = network()

    def keep(setting, inputs, output):
        output.info["dim"] = DIM
        save_weights(made.state_dict(), output.folder)

    record = run_stage(keep, setting_of(), tmp_path)
    # Dropout and what was frozen are the training's alone: a stage that scores does not declare it.
    scoring = Setting({"backbone": "cnn6", "width": 0.0625, "fc_units": None})
    loaded = load_network(scoring, record)
    assert same(made, loaded) and not loaded.training


@pytest.mark.parametrize("temperature", [0, -0.1])
def test_a_temperature_that_cannot_divide(temperature):
    with pytest.raises(PlanError, match="take one above 0"):
        build(setting_of(), DIM, temperature=temperature)


def test_a_learned_temperature_is_kept_within_bounds():
    made = network()
    for value, kept in ((1e-4, 0.01), (5.0, 1.0), (0.3, 0.3)):
        made.log_temperature.data = torch.tensor(value).log()
        made.limit_temperature()
        assert made.temperature.item() == pytest.approx(kept)
