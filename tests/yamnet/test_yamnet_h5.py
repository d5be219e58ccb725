"""Weights from a file in the layout of yamnet.h5: the definition's logits, refusals."""

import sys

import numpy as np
import pytest
import tensorflow_layers
import torch

from yamnet import YamNet, load_h5

h5py = pytest.importorskip("h5py")
CHANNELS = (32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)


def layout() -> dict[str, tuple[int, ...]]:
    """The datasets of yamnet.h5 and their shapes, written out from Google's layers."""
    shapes = {}

    def norm(layer: str, channels: int) -> None:
        for variable in ("beta", "moving_mean", "moving_variance"):
            shapes[f"{layer}/bn/{layer}/bn/{variable}:0"] = (channels,)

    shapes["layer1/conv/layer1/conv/kernel:0"] = (3, 3, 1, 32)
    norm("layer1/conv", 32)
    for number in range(2, 15):
        inputs, outputs = CHANNELS[number - 2 : number]
        layer = f"layer{number}/depthwise_conv"
        shapes[f"{layer}/{layer}/depthwise_kernel:0"] = (3, 3, inputs, 1)
        norm(layer, inputs)
        layer = f"layer{number}/pointwise_conv"
        shapes[f"{layer}/{layer}/kernel:0"] = (1, 1, inputs, outputs)
        norm(layer, outputs)
    return shapes | {"logits/logits/kernel:0": (1024, 521), "logits/logits/bias:0": (521,)}


@pytest.fixture(scope="module")
def weights() -> dict[str, np.ndarray]:
    """Random weights that keep a signal's size."""
    rng = np.random.default_rng(0)
    found = {}
    for name, shape in layout().items():
        values = rng.normal(size=shape) / np.sqrt(np.prod(shape[:3]) / 4 if len(shape) > 1 else 1)
        if "depthwise_kernel" in name:
            values = rng.normal(size=shape) / 2
        if name.endswith("moving_variance:0"):
            values = rng.uniform(1e-4, 2, shape)
        found[name] = values.astype(np.float32)
    return found


def written(path, weights):
    with h5py.File(path, "w") as file:
        file.attrs["backend"] = b"tensorflow"
        file.create_group("layer1/relu")  # Keras also keeps layers that have nothing
        for name, array in weights.items():
            file[name] = array
    return path


def test_logits_are_those_of_the_definition(tmp_path, weights):
    network = load_h5(written(tmp_path / "yamnet.h5", weights))
    assert not network.training
    patch = np.random.default_rng(1).normal(-3, 2, size=(96, 64)).astype(np.float32)
    expected = tensorflow_layers.logits(weights, patch)
    assert expected.std() > 0.01
    with torch.no_grad():
        got = network(torch.from_numpy(patch)[None])[0].numpy()
    np.testing.assert_allclose(got, expected, atol=2e-5 * np.abs(expected).max())


def test_every_entry_is_loaded(tmp_path, weights):
    network = load_h5(written(tmp_path / "yamnet.h5", weights))
    fresh = YamNet().state_dict()
    for name, value in network.state_dict().items():
        if name.endswith("bn.weight"):
            assert torch.all(value == 1), name
        elif not name.endswith("tracked"):
            assert not torch.equal(value, fresh[name]), name
    stored = weights["layer3/pointwise_conv/layer3/pointwise_conv/kernel:0"]
    assert network.layer3.pointwise_conv.conv.weight[7, 5, 0, 0] == stored[0, 0, 5, 7]
    stored = weights["layer3/depthwise_conv/layer3/depthwise_conv/depthwise_kernel:0"]
    assert network.layer3.depthwise_conv.conv.weight[7, 0, 1, 2] == stored[1, 2, 7, 0]
    assert network.classifier.weight[520, 3] == weights["logits/logits/kernel:0"][3, 520]


def test_missing_unexpected_and_ill_shaped_entries_are_listed(tmp_path, weights):
    wrong = dict(weights)
    wrong["layer9/extra:0"] = wrong.pop("layer9/depthwise_conv/bn/layer9/depthwise_conv/bn/beta:0")
    wrong["logits/logits/bias:0"] = np.zeros(527, np.float32)
    path = written(tmp_path / "yamnet.h5", wrong)
    with pytest.raises(ValueError) as failure:
        load_h5(path)
    told = str(failure.value)
    assert told.startswith(f"{path} does not fit YAMNet; entries ")
    assert "1 missing: layer9/depthwise_conv/bn/layer9/depthwise_conv/bn/beta:0" in told
    assert "1 unexpected: layer9/extra:0" in told
    assert "1 of another shape: logits/logits/bias:0 (527,) instead of (521,)" in told


def test_a_list_of_many_faults_is_cut(tmp_path, weights):
    path = written(
        tmp_path / "yamnet.h5", {"logits/logits/bias:0": weights["logits/logits/bias:0"]}
    )
    with pytest.raises(ValueError, match=r"109 missing: layer1/conv.*, and 105 more$"):
        load_h5(path)


@pytest.mark.parametrize("content", [b"", b"<html>404</html>", None])
def test_damaged_files_are_refused_by_name(tmp_path, weights, content):
    path = tmp_path / "yamnet.h5"
    if content is None:
        content = written(path, weights).read_bytes()[:100_000]
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"yamnet.h5 is no readable HDF5 file"):
        load_h5(path)


def test_missing_file_is_reported_as_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"yamnet.h5"):
        load_h5(tmp_path / "yamnet.h5")


def test_what_to_install_is_said(tmp_path, weights, monkeypatch):
    path = written(tmp_path / "yamnet.h5", weights)
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(ModuleNotFoundError, match="needs h5py: pip install h5py"):
        load_h5(path)
