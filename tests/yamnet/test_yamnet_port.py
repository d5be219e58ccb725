"""Weights from the torch port's layout; files that do not fit, or would run code."""

import pytest
import torch

from hostile import Attack
from yamnet import YamNet, load_port


@pytest.fixture(scope="module")
def state() -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    return YamNet().state_dict()


def saved(path, content):
    torch.save(content, path)
    return path


def test_every_entry_is_loaded(tmp_path, state):
    network = load_port(saved(tmp_path / "yamnet.pth", state))
    assert not network.training
    for name, value in network.state_dict().items():
        assert torch.equal(value, state[name]), name


def test_missing_unexpected_and_ill_shaped_entries_are_listed(tmp_path, state):
    wrong = dict(state)
    wrong["layer1.conv.weight"] = wrong.pop("layer1.fused.conv.weight")
    wrong["classifier.bias"] = torch.zeros(527)
    path = saved(tmp_path / "yamnet.pth", wrong)
    with pytest.raises(ValueError) as failure:
        load_port(path)
    assert str(failure.value) == (
        f"{path} does not fit YAMNet; entries 1 missing: layer1.fused.conv.weight; "
        "1 unexpected: layer1.conv.weight; "
        "1 of another shape: classifier.bias (527,) instead of (521,)"
    )


@pytest.mark.parametrize("content", [torch.zeros(3), {"model": {}}, {"epoch": 3}])
def test_no_state_dict_is_refused(tmp_path, content):
    path = saved(tmp_path / "yamnet.pth", content)
    with pytest.raises(ValueError, match=r"yamnet.pth holds no state dict of tensors"):
        load_port(path)


def test_code_in_a_checkpoint_is_refused_and_not_run(tmp_path, state):
    trace = tmp_path / "trace"
    path = saved(tmp_path / "yamnet.pth", state | {"more": Attack(f"touch {trace}")})
    with pytest.raises(ValueError, match=r"yamnet.pth is no readable .* GLOBAL posix.system"):
        load_port(path)
    assert not trace.exists()


def test_damaged_file_is_refused_by_name(tmp_path):
    path = tmp_path / "yamnet.pth"
    path.write_bytes(b"<html>404</html>")
    with pytest.raises(ValueError, match=r"yamnet.pth is no readable checkpoint"):
        load_port(path)


def test_missing_file_is_reported_as_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"yamnet.pth"):
        load_port(tmp_path / "yamnet.pth")
