"""Checkpoints from the server to the trunk."""

import io
from dataclasses import replace

import pytest
import torch

from core.errors import DownloadError, UnknownName
from local_checkpoint import served
from pann import build, load_trunk
from reference_models import CHECKPOINTS, fetch, presence

WIDTH = 1 / 16


def published(network: str) -> bytes:
    """A file with the key layout of a published PANN, thin."""
    around = {
        "spectrogram_extractor.stft.conv_real.weight": torch.zeros(3, 1, 4),
        "logmel_extractor.melW": torch.zeros(3, 2),
        "bn0.weight": torch.ones(2),
        "fc1.weight": torch.zeros(2, 2),
        "fc_audioset.bias": torch.zeros(527),
    }
    torch.manual_seed(1)
    buffer = io.BytesIO()
    torch.save({"iteration": 7, "model": around | build(network, WIDTH).state_dict()}, buffer)
    return buffer.getvalue()


@pytest.fixture
def site(monkeypatch):
    with served("pann_cnn6", published("cnn6"), monkeypatch) as site:
        yield site


def test_a_checkpoint_comes_under_its_published_name_and_fits_its_trunk(site, tmp_path):
    path = fetch("pann_cnn6", tmp_path / "models")
    assert path == tmp_path / "models" / "Cnn6_mAP=0.343.pth"
    assert load_trunk(build("cnn6", WIDTH), path) == 24


def test_what_is_there_is_verified_without_a_network(site, tmp_path):
    path = fetch("pann_cnn6", tmp_path)
    site.asked.clear()
    assert fetch("pann_cnn6", tmp_path) == path
    assert site.asked == []


@pytest.mark.parametrize("other", ["cnn10", "cnn14"])
def test_the_checkpoint_of_another_network_does_not_fit(monkeypatch, tmp_path, other):
    with served("pann_cnn6", published(other), monkeypatch):
        path = fetch("pann_cnn6", tmp_path)
    with pytest.raises(ValueError, match=r"Cnn6_mAP=0.343.pth does not fit this trunk"):
        load_trunk(build("cnn6", WIDTH), path)


@pytest.mark.parametrize("damage", ["truncated", "one bit"])
def test_a_damaged_file_is_named_and_never_given(site, tmp_path, damage):
    content = bytearray(site.content)
    content[1000] ^= 1
    path = tmp_path / CHECKPOINTS["pann_cnn6"].file
    path.write_bytes(content if damage == "one bit" else content[:5000])
    with pytest.raises(DownloadError) as caught:
        fetch("pann_cnn6", tmp_path)
    assert f"{path} is not the expected file" in str(caught.value)
    assert "move or delete it" in str(caught.value)
    assert "by hand" not in str(caught.value)
    assert site.asked == []


@pytest.mark.parametrize("trouble", ["refused", "other content"])
def test_without_the_file_the_steps_by_hand_are_told(site, tmp_path, trouble):
    if trouble == "refused":
        site.statuses = [404]
    else:
        site.content = site.content[::-1]
    folder = tmp_path / "my models"
    with pytest.raises(DownloadError) as caught:
        fetch("pann_cnn6", folder)
    message = str(caught.value)
    checkpoint = CHECKPOINTS["pann_cnn6"]
    for told in (
        site.url,
        checkpoint.file,
        checkpoint.digest.removeprefix("sha256:"),
        f"{checkpoint.bytes:,}",
    ):
        assert told in message
    assert f"sonoplan models pann_cnn6 --check --folder '{folder}'" in message


@pytest.mark.parametrize("right", [True, False])
def test_a_size_that_is_not_known_leaves_the_first_digits_to_decide(
    site, monkeypatch, tmp_path, right
):
    served_one = CHECKPOINTS["pann_cnn6"]
    digest = served_one.digest[:15] if right else "sha256:00000000"
    monkeypatch.setitem(
        CHECKPOINTS, "efficientnet_b7", replace(served_one, bytes=None, digest=digest)
    )
    if right:
        assert fetch("efficientnet_b7", tmp_path).read_bytes() == site.content
        assert presence(CHECKPOINTS["efficientnet_b7"], tmp_path, verify=True).state == "here"
    else:
        with pytest.raises(DownloadError, match=r"instead of 00000000(?s:.)*sha256  00000000"):
            fetch("efficientnet_b7", tmp_path)


def test_an_unknown_checkpoint_names_the_nearest(tmp_path):
    with pytest.raises(UnknownName, match="did you mean 'pann_cnn6'"):
        fetch("pann_cnn_6", tmp_path)


def test_presence_by_size_and_by_hash(site, tmp_path):
    checkpoint = CHECKPOINTS["pann_cnn6"]
    size = checkpoint.bytes
    path = tmp_path / checkpoint.file
    assert presence(checkpoint, tmp_path).state == "absent"
    site.cuts = [1000, 0, 0]
    with pytest.raises(DownloadError):
        fetch("pann_cnn6", tmp_path)
    partial = presence(checkpoint, tmp_path)
    assert (partial.state, partial.bytes) == ("partial", 1000)
    fetch("pann_cnn6", tmp_path)
    verified = presence(checkpoint, tmp_path, verify=True)
    assert (verified.state, verified.bytes, verified.fault) == ("here", size, "")
    path.write_bytes(bytes(size))
    assert presence(checkpoint, tmp_path).state == "here"
    assert "sha256" in presence(checkpoint, tmp_path, verify=True).fault
    path.write_bytes(b"short")
    assert presence(checkpoint, tmp_path).fault == f"it has 5 bytes instead of {size:,}"
