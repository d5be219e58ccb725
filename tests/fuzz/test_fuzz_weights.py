"""Damaged checkpoints: loaded, or refused by an error that names the file; nothing in them runs."""

from pathlib import Path

import h5py
import numpy as np
import pytest
import torch
from damage import BINARY, Damage, instead, put, refused
from hypothesis import example, given
from torch import nn

import pann
from core import Output
from experiments.common.checkpoint import run_epochs
from experiments.common.weights import read_state
from yamnet.h5 import load_h5
from yamnet.int8 import load_tflite
from yamnet.port import load_port


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("weights")


@pytest.fixture(scope="module")
def valid(folder) -> dict[str, bytes]:
    """A state dict, another inside a dict, a file of the old kind, and an h5 file."""
    state = {"weight": torch.ones(3, 2), "bias": torch.zeros(3)}
    torch.save(state, folder / "state")
    torch.save({"model": state, "iteration": 5, "sampler": np.arange(3)}, folder / "whole")
    torch.save(state, folder / "old", _use_new_zipfile_serialization=False)
    with h5py.File(folder / "h5", "w") as file:
        file["logits/logits/bias:0"] = np.zeros(5)
        file["layer1/conv/layer1/conv/kernel:0"] = np.zeros((3, 3, 1, 2), np.float32)
    return {name: (folder / name).read_bytes() for name in ("state", "whole", "old", "h5")}


@pytest.mark.parametrize("kind", ["state", "whole", "old"])
@given(changed=BINARY)
@example(changed=instead(b""))
@example(changed=instead(b"\x80\x02cos\nsystem\nq\x00X\x02\x00\x00\x00lsq\x01\x85q\x02Rq\x03."))
def test_damaged_weights_are_read_or_refused(kind, folder, valid, changed: Damage):
    path = put(folder / "weights.pth", changed(valid[kind]))
    with refused(path):
        assert all(isinstance(value, torch.Tensor) for value in read_state(path).values())
    with refused(path, error=ValueError):
        pann.load_trunk(pann.build("cnn6", 0.125), path)
    with refused(path, error=ValueError):
        load_port(path)


@given(changed=BINARY)
def test_a_damaged_h5_is_refused(folder, valid, changed: Damage):
    path = put(folder / "yamnet.h5", changed(valid["h5"]))
    with refused(path, error=ValueError):
        load_h5(path)


@given(changed=BINARY)
def test_a_damaged_tflite_is_refused(folder, changed: Damage):
    path = put(folder / "yamnet.tflite", changed(b"\x1c\0\0\0TFL3" + bytes(range(200))))
    with refused(path, error=ValueError):
        load_tflite(path)


@given(changed=BINARY)
def test_training_goes_on_from_a_damaged_checkpoint_or_starts_again(
    tmp_path_factory, changed: Damage
):
    folder = tmp_path_factory.mktemp("checkpoint", numbered=True)
    torch.manual_seed(0)
    network = nn.Linear(3, 1)
    path = folder / "checkpoint" / "state.pt"
    path.parent.mkdir()
    kept = {name: value.clone() for name, value in network.state_dict().items()}
    saved = {"epochs": 2, "threads": torch.get_num_threads(), "network": network.state_dict()}
    torch.save(saved, path)
    put(path, changed(path.read_bytes()))
    done: list[int] = []
    run_epochs(done.append, 4, {"network": network}, Output(folder, folder))
    assert done in ([0, 1, 2, 3], [2, 3])
    if done == [2, 3]:
        assert all(value.equal(kept[name]) for name, value in network.state_dict().items())
