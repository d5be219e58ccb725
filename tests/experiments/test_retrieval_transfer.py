"""Encoders that start from a PANN: all that fits is taken, and nothing else."""

import io

import pytest
import torch
from paired import BANDS, DIM, setting_of

import pann
from core.errors import DataError, PlanError
from experiments.retrieval.network import build
from experiments.retrieval.transfer import load_audioset
from local_checkpoint import placed, published_pann
from pann.weights import FRONT_END


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
    setting = setting_of(backbone=backbone, width=1)
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
    setting = setting_of(backbone="cnn14", width=1)
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
    with pytest.raises(DataError, match=f"init=audioset(.|\n)*{told}"):
        load_audioset(build(setting, DIM).audio, setting, tmp_path)


def test_weights_of_another_width_are_no_weights(tmp_path):
    setting = setting_of(width=0.5)
    with pytest.raises(PlanError, match=r"the weights are for width=1, not 0.5; set width=1"):
        load_audioset(build(setting, DIM).audio, setting, tmp_path)
