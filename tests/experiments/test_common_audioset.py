"""Trainings that start from a published checkpoint."""

import io
from functools import partial

import pytest
import torch
from small_icbhi import run_stage, setting_of

import pann
from core.errors import DataError, DownloadError, PlanError
from experiments.common.audioset import load_audioset
from experiments.icbhi.training import train
from local_checkpoint import served

AUDIOSET = {"init": "audioset", "width": 1, "epochs": 1, "lr": 1e-30}


def saved(state):
    buffer = io.BytesIO()
    torch.save({"model": state}, buffer)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def weights():
    torch.manual_seed(3)
    trunk = pann.cnn6()
    with torch.no_grad():
        for buffer in (b for name, b in trunk.named_buffers() if name.endswith("running_mean")):
            buffer.uniform_(-0.1, 0.1)
    return trunk.state_dict()


def test_a_training_starts_from_every_weight_of_the_checkpoint(
    cycles, weights, monkeypatch, tmp_path
):
    """At a vanishing rate the trunk ends as it began; batch norm's statistics alone move."""
    with served("pann_cnn6", saved(weights), monkeypatch):
        record = run_stage(
            train, setting_of("encoder", "ce", **AUDIOSET), tmp_path, {"cycles": cycles}
        )
    found = torch.load(record.folder / "network.pt", weights_only=True)
    for name, value in weights.items():
        if "running" not in name and "num_batches" not in name:
            assert torch.allclose(found[f"trunk.{name}"], value, atol=1e-6), name
    assert record.info["weights"] == {"name": "pann_cnn6", "entries": 24}


def test_weights_of_another_width_are_no_weights(tmp_path):
    setting = setting_of("encoder", "ce", init="audioset", width=0.25)
    with pytest.raises(PlanError, match=r"weights are for width=1, not 0.25"):
        load_audioset(setting, tmp_path, partial(pann.load_trunk, pann.cnn6(0.25)))


def test_a_checkpoint_that_does_not_fit_is_refused(weights, monkeypatch, tmp_path):
    setting = setting_of("encoder", "ce", **AUDIOSET)
    without = {name: value for name, value in weights.items() if "conv_block4.bn" not in name}
    refused = pytest.raises(DataError, match="does not fit this trunk")
    with served("pann_cnn6", saved(without), monkeypatch), refused:
        load_audioset(setting, tmp_path, partial(pann.load_trunk, pann.cnn6()))


def test_without_a_network_the_steps_by_hand_are_told(monkeypatch, tmp_path):
    setting = setting_of("encoder", "ce", **AUDIOSET)
    with served("pann_cnn6", b"gone", monkeypatch):
        pass
    with pytest.raises(DownloadError, match="to bring pann_cnn6 by hand") as told:
        load_audioset(setting, tmp_path, partial(pann.load_trunk, pann.cnn6()))
    assert str(tmp_path) in str(told.value)
