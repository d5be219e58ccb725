"""Trunks from checkpoints in the published layout; files that do not fit, or would run code."""

import io
from pathlib import Path

import numpy as np
import pytest
import torch

from hostile import Attack
from pann import build, load_tagger, load_trunk, resnet38, tagger
from pann.weights import FRONT_END

WIDTH = 1 / 16


def published(name: str) -> dict[str, object]:
    """A checkpoint as published: trunk, front end, heads, and the state of a sampler."""
    around = {
        "spectrogram_extractor.stft.conv_real.weight": torch.zeros(3, 1, 4),
        "logmel_extractor.melW": torch.zeros(3, 2),
        "bn0.weight": torch.ones(2),
        "bn0.num_batches_tracked": torch.tensor(7),
        "fc1.weight": torch.zeros(2, 2),
        "fc_audioset.bias": torch.zeros(527),
    }
    random = np.random.RandomState(1)
    sampler = {
        "indexes": random.permutation(10),
        "pointers": [np.int64(3), np.float32(0.5), True],
        "random_state": random.get_state(),
    }
    trunk = build(name, WIDTH).state_dict()
    return {"iteration": 600_000, "model": {**around, **trunk}, "sampler": sampler}


def saved(path: Path, content: object) -> Path:
    torch.save(content, path)
    return path


@pytest.mark.parametrize(("name", "entries"), [("cnn6", 24), ("cnn10", 48), ("cnn14", 72)])
def test_every_entry_of_the_trunk_is_loaded_and_the_rest_dropped(tmp_path, name, entries):
    checkpoint = published(name)
    trunk = build(name, WIDTH)
    assert load_trunk(trunk, saved(tmp_path / "Cnn.pth", checkpoint)) == entries
    for key, value in trunk.state_dict().items():
        assert torch.equal(value, checkpoint["model"][key]), key


def test_old_file_format_and_old_numpy_names_are_read(tmp_path):
    checkpoint = published("cnn6")
    buffer = io.BytesIO()
    torch.save(checkpoint, buffer, _use_new_zipfile_serialization=False)
    path = tmp_path / "Cnn6.pth"
    path.write_bytes(
        buffer.getvalue().replace(b"cnumpy._core.multiarray", b"cnumpy.core.multiarray")
    )
    assert b"cnumpy.core.multiarray" in path.read_bytes()
    assert load_trunk(build("cnn6", WIDTH), path) == 24


def test_bare_state_dict_is_read(tmp_path):
    path = saved(tmp_path / "trunk.pt", published("cnn6")["model"])
    assert load_trunk(build("cnn6", WIDTH), path) == 24


def test_missing_and_unexpected_entries_are_listed(tmp_path):
    checkpoint = published("cnn6")
    checkpoint["model"]["att_block.weight"] = checkpoint["model"].pop("conv_block2.conv1.weight")
    path = saved(tmp_path / "Cnn6.pth", checkpoint)
    with pytest.raises(ValueError) as failure:
        load_trunk(build("cnn6", WIDTH), path)
    assert str(path) in str(failure.value)
    assert 'Missing key(s) in state_dict: "conv_block2.conv1.weight"' in str(failure.value)
    assert 'Unexpected key(s) in state_dict: "att_block.weight"' in str(failure.value)


def test_other_width_is_refused_with_both_shapes(tmp_path):
    path = saved(tmp_path / "Cnn6.pth", published("cnn6"))
    with pytest.raises(
        ValueError, match=r"conv_block1.conv1.weight.*\[4, 1, 5, 5\].*\[8, 1, 5, 5\]"
    ):
        load_trunk(build("cnn6", 1 / 8), path)


def test_checkpoint_without_any_entry_is_refused(tmp_path):
    path = saved(tmp_path / "empty.pth", {"model": {"fc1.weight": torch.zeros(2)}})
    with pytest.raises(ValueError, match="Missing key"):
        load_trunk(build("cnn6", WIDTH), path)


def test_no_state_dict_is_refused(tmp_path):
    path = saved(tmp_path / "tensor.pth", torch.zeros(3))
    with pytest.raises(ValueError, match="holds no state dict but a Tensor"):
        load_trunk(build("cnn6", WIDTH), path)


def test_code_in_a_checkpoint_is_refused_and_not_run(tmp_path):
    trace = tmp_path / "trace"
    checkpoint = published("cnn6") | {"sampler": Attack(f"touch {trace}")}
    path = saved(tmp_path / "Cnn6.pth", checkpoint)
    with pytest.raises(ValueError, match=r"Cnn6.pth is no readable .* GLOBAL posix.system"):
        load_trunk(build("cnn6", WIDTH), path)
    assert not trace.exists()


def test_allow_list_ends_with_the_loading(tmp_path):
    before = set(torch.serialization.get_safe_globals())
    load_trunk(build("cnn6", WIDTH), saved(tmp_path / "Cnn6.pth", published("cnn6")))
    assert set(torch.serialization.get_safe_globals()) == before


@pytest.mark.parametrize("content", [b"", b"<html>404</html>", None])
def test_damaged_files_are_refused_by_name(tmp_path, content):
    path = saved(tmp_path / "Cnn6.pth", published("cnn6"))
    path.write_bytes(path.read_bytes()[:5000] if content is None else content)
    with pytest.raises(ValueError, match=r"Cnn6.pth is no readable checkpoint"):
        load_trunk(build("cnn6", WIDTH), path)


def test_missing_file_is_reported_as_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"Cnn6.pth"):
        load_trunk(build("cnn6", WIDTH), tmp_path / "Cnn6.pth")


def whole(name: str) -> dict[str, torch.Tensor]:
    """The entries of a whole published checkpoint: front end, input norm, trunk, head."""
    torch.manual_seed(1)
    state = tagger(name, WIDTH, classes=9).state_dict()
    front_end = {entry: torch.zeros(3, 1, 4) for entry in FRONT_END}
    return front_end | {entry.removeprefix("trunk."): value for entry, value in state.items()}


@pytest.mark.parametrize(("name", "entries"), [("cnn14", 81), ("resnet38", 243)])
def test_whole_checkpoint_is_loaded_but_for_the_front_end(tmp_path, name, entries):
    state = whole(name)
    network = tagger(name, WIDTH, classes=9)
    assert load_tagger(network, saved(tmp_path / "whole.pth", {"model": state})) == entries
    assert len(state) == entries + 3
    for key, value in network.state_dict().items():
        assert torch.equal(value, state[key.removeprefix("trunk.")]), key


def test_trunk_of_resnet38_is_loaded_alone(tmp_path):
    path = saved(tmp_path / "ResNet38.pth", {"model": whole("resnet38")})
    assert load_trunk(resnet38(WIDTH), path) == 234


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("fc1.bias", 'Missing key.*"fc1.bias"'),
        ("resnet.layer2.0.downsample.2.running_var", 'Missing key.*downsample.2.running_var"'),
        ("logmel_extractor.melW", "no whole PANN checkpoint: it lacks logmel_extractor.melW"),
    ],
)
def test_every_entry_is_needed(tmp_path, entry, told):
    state = whole("resnet38")
    del state[entry]
    path = saved(tmp_path / "ResNet38.pth", {"model": state})
    with pytest.raises(ValueError, match=rf"ResNet38.pth (?s:.)*{told}"):
        load_tagger(tagger("resnet38", WIDTH, classes=9), path)


def test_entry_that_is_not_known_is_refused(tmp_path):
    state = whole("cnn14") | {"spectrogram_extractor.extra": torch.zeros(1)}
    path = saved(tmp_path / "Cnn14.pth", {"model": state})
    with pytest.raises(ValueError, match=r"Unexpected key.*spectrogram_extractor.extra"):
        load_tagger(tagger("cnn14", WIDTH, classes=9), path)


def test_another_network_and_another_number_of_classes_are_refused(tmp_path):
    path = saved(tmp_path / "Cnn14.pth", {"model": whole("cnn14")})
    with pytest.raises(ValueError, match="does not fit this tagger"):
        load_tagger(tagger("resnet38", WIDTH, classes=9), path)
    with pytest.raises(ValueError, match=r"fc_audioset.weight.*\[9, 128\].*\[8, 128\]"):
        load_tagger(tagger("cnn14", WIDTH, classes=8), path)
