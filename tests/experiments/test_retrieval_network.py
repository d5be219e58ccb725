"""The dual encoder: what it draws, what it encodes, what is frozen, what it starts from."""

import io

import numpy as np
import pytest
import torch
from paired import BANDS, clips_of, logmels, material_in, setting_of
from small_icbhi import run_stage

import pann
from core import Inputs, Setting
from core.errors import DataError, PlanError, UnknownName
from experiments.retrieval.freezing import freeze
from experiments.retrieval.material import Clips, load_part
from experiments.retrieval.network import (
    alike,
    build,
    encode_clips,
    encode_texts,
    load_network,
    save_network,
)
from experiments.retrieval.transfer import load_audioset
from local_checkpoint import placed, published_pann
from pann.weights import FRONT_END

DIM = 10


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
        save_network(made.state_dict(), output.folder)

    record = run_stage(keep, setting_of(), tmp_path)
    # Dropout and what was frozen are the training's alone: a stage that scores does not declare it.
    scoring = Setting({"audio": "cnn6", "width": 0.0625, "fc_units": None})
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


def learning(made):
    """Run a step at a large rate and in training mode; name the entries of the state that moved."""
    before = {name: value.clone() for name, value in made.state_dict().items()}
    optimiser = torch.optim.SGD([p for p in made.parameters() if p.requires_grad], 1.0)
    made.train()
    clips = made.embed_clips(torch.randn(4, 40, BANDS) * 3 + 5)
    (clips * made.embed_texts(torch.randn(4, DIM)) * torch.randn(300)).sum().backward()
    optimiser.step()
    return {
        name for name, value in made.state_dict().items() if not torch.equal(value, before[name])
    }


def entries(made, *prefixes):
    return {name for name in made.state_dict() if name.startswith(prefixes)}


BLOCKS = [f"audio.trunk.conv_block{number}." for number in range(1, 5)]


@pytest.mark.parametrize(
    ("fine_tune_from", "frozen"),
    [
        (0, []),
        (1, ["audio.bn0."]),
        (2, ["audio.bn0.", *BLOCKS[:1]]),
        (4, ["audio.bn0.", *BLOCKS[:3]]),
        (5, ["audio.bn0.", *BLOCKS, "audio.fc1."]),  # CNN6 has four blocks
        (7, ["audio.bn0.", *BLOCKS, "audio.fc1."]),
    ],
)
def test_declared_parts_neither_learn_nor_gather_statistics(fine_tune_from, frozen):
    made = network(fc_units=6)
    freeze(made, "declared", fine_tune_from)
    everything = entries(made, "") - {"log_temperature"}
    assert learning(made) == everything - entries(made, *frozen, "none")


@pytest.mark.parametrize(
    ("fine_tune_from", "also"),
    [(0, []), (1, []), (2, [BLOCKS[0] + "conv1.weight"]), (7, [BLOCKS[0] + "conv1.weight"])],
)
def test_the_fork_freezes_the_projection_and_hardly_anything_else(fine_tune_from, also):
    made = network(fc_units=6)
    freeze(made, "fork", fine_tune_from)
    everything = entries(made, "") - {"log_temperature"}
    assert learning(made) == everything - entries(made, "audio.projection.", *also)


def test_frozen_parts_stay_in_evaluation_mode():
    made = network()
    freeze(made, "declared", 3)
    for _ in range(2):
        made.train()
        modes = [made.audio.bn0.training, *(block.training for block in made.audio.blocks)]
        assert modes == [False, False, False, True, True]
        made.eval()
        assert not any(module.training for module in made.modules())


@pytest.mark.parametrize("fine_tune_from", [-1, 8, 2.5, "4"])
def test_no_such_part(fine_tune_from):
    with pytest.raises(PlanError, match=f"fine_tune_from={fine_tune_from} is no part"):
        freeze(network(), "declared", fine_tune_from)


def test_no_such_freezing():
    with pytest.raises(UnknownName, match="did you mean 'declared'"):
        freeze(network(), "declare", 0)


def checkpoint(backbone, change=lambda state: None):
    """A whole checkpoint of random numbers, in the form in which it is published."""
    torch.manual_seed(5)
    tagger = pann.tagger(backbone)
    for name, buffer in tagger.named_buffers():
        if "running" in name:
            buffer.uniform_(0.5, 1.5)
    state = {name.removeprefix("trunk."): value for name, value in tagger.state_dict().items()}
    state |= {entry: torch.zeros(1) for entry in FRONT_END}
    change(state)
    buffer = io.BytesIO()
    torch.save({"model": state}, buffer)
    return state, buffer.getvalue()


@pytest.mark.parametrize(("backbone", "count"), [("cnn6", 24), ("cnn10", 48)])
def test_every_entry_of_a_pann_but_its_tagging_is_taken(backbone, count, monkeypatch, tmp_path):
    state, content = checkpoint(backbone)
    placed(f"pann_{backbone}", content, tmp_path, monkeypatch)
    setting = setting_of(audio=backbone, width=1)
    encoder = build(setting, DIM).audio
    drawn = {name: value.clone() for name, value in encoder.projection.state_dict().items()}
    told = load_audioset(encoder, setting, tmp_path)
    assert told == {"name": f"pann_{backbone}", "entries": count + 5 + 2}  # bn0 and fc1
    found = encoder.state_dict()
    taken = [name for name in state if name not in FRONT_END and "fc_audioset" not in name]
    assert len(taken) == told["entries"]
    for name in taken:
        ours = f"trunk.{name}" if name.startswith("conv_block") else name
        assert torch.equal(found.pop(ours), state[name]), name
    # Nothing else but the projection, which stays as it was drawn.
    assert {name.removeprefix("projection.") for name in found} == set(drawn)
    assert all(torch.equal(found[f"projection.{name}"], drawn[name]) for name in drawn)


def test_what_a_pann_answers_the_encoder_answers(monkeypatch, tmp_path):
    _, content = checkpoint("cnn6")
    placed("pann_cnn6", content, tmp_path, monkeypatch)
    setting = setting_of(width=1)
    encoder = build(setting, DIM).audio.eval()
    load_audioset(encoder, setting, tmp_path)
    tagger = pann.tagger("cnn6").eval()
    pann.load_tagger(tagger, tmp_path / "Cnn6_mAP=0.343.pth")
    logmel = torch.randn(2, 50, BANDS)
    with torch.inference_mode():
        normal = tagger.bn0(logmel.mT)[:, None].mT
        wanted = encoder.projection(tagger.fc1(tagger.trunk(normal)).relu())
        torch.testing.assert_close(encoder(logmel), wanted, rtol=1e-4, atol=1e-4)


def test_cnn14_takes_79_entries(monkeypatch, tmp_path):
    placed("pann_cnn14", published_pann("cnn14"), tmp_path, monkeypatch)
    setting = setting_of(audio="cnn14", width=1)
    encoder = build(setting, DIM).audio
    assert load_audioset(encoder, setting, tmp_path)["entries"] == 79
    assert not encoder.trunk.conv_block6.conv2.weight.any()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda state: state.pop("conv_block3.bn1.running_var"), "Missing key"),
        (lambda state: state.update(more=torch.zeros(2)), "Unexpected key"),
        (lambda state: state.update({"bn0.weight": torch.zeros(80)}), "size mismatch for bn0"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused(change, told, monkeypatch, tmp_path):
    _, content = checkpoint("cnn6", change)
    placed("pann_cnn6", content, tmp_path, monkeypatch)
    setting = setting_of(width=1)
    with pytest.raises(DataError, match=f"weights=audioset(.|\n)*{told}"):
        load_audioset(build(setting, DIM).audio, setting, tmp_path)


def test_weights_of_another_width_are_no_weights(tmp_path):
    setting = setting_of(width=0.5)
    with pytest.raises(PlanError, match=r"they are for width=1, not 0.5; set width=1"):
        load_audioset(build(setting, DIM).audio, setting, tmp_path)


def test_shares_of_clips_are_one_corpus(tmp_path):
    whole = Clips([material_in(tmp_path)["clips"]])
    cuts = [np.arange(0, 11), np.arange(11, 40)]
    shares = Clips(
        [run_stage(clips_of(rows), Setting({}), tmp_path / str(i)) for i, rows in enumerate(cuts)]
    )
    assert len(whole) == len(shares) == 40
    for index, logmel in enumerate(logmels()):
        assert np.array_equal(whole[index], logmel) and np.array_equal(shares[index], logmel)
    assert np.array_equal(whole.column("fname"), shares.column("fname"))


def part_of(records, split="validation"):
    return load_part(Inputs(records), split)


def test_a_split_is_its_captions_and_their_clips(tmp_path):
    """Clips are found by name, in whatever order they were prepared."""
    mixed = np.random.default_rng(0).permutation(40)
    records = material_in(tmp_path, clips=clips_of(mixed))
    part = part_of(records)
    assert len(part.clip) == 36 and len(part.rows) == 12
    for caption in (0, 17, 35):
        assert mixed[part.rows[part.clip[caption]]] == 16 + caption // 3
    embedding = records["embeddings"]["embedding"][48:84]
    assert np.array_equal(part.embeddings.numpy(), embedding)


def test_a_clip_with_several_captions_in_a_batch_is_read_once(tmp_path):
    part = part_of(material_in(tmp_path))
    batch = part.read(torch.tensor([4, 30, 3, 31, 9]))
    assert len(batch.logmel) == 3  # clips 1, 10 and 3
    assert part.clip[batch.captions].tolist() == [1, 10, 1, 10, 3]
    for place, caption in zip(batch.place, batch.captions, strict=True):
        logmel = logmels()[16 + int(caption) // 3]
        assert int(batch.lengths[place]) == len(logmel)
        assert np.array_equal(batch.logmel[place, : len(logmel)], logmel)
        assert not batch.logmel[place, len(logmel) :].any()


def test_captions_without_a_prepared_clip_are_named(tmp_path):
    records = material_in(tmp_path, clips=clips_of(np.arange(20)))
    with pytest.raises(DataError, match=r"8 clips have captions and have not been prepared: 4.wav"):
        part_of(records)


def test_a_split_without_captions(tmp_path):
    with pytest.raises(DataError, match="the split test has no caption"):
        part_of(material_in(tmp_path), "test")


def test_embeddings_of_other_captions(tmp_path):
    def fewer(setting, inputs, output):
        output["embedding"] = np.zeros((100, DIM), np.float32)

    with pytest.raises(DataError, match="100 embeddings of 120 captions"):
        part_of(material_in(tmp_path, embeddings=fewer))
