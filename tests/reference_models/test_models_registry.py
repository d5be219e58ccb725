"""What is known of the published checkpoints."""

import re
from pathlib import PurePath
from urllib.parse import unquote, urlsplit

import pytest
import torch

from core.errors import UnknownName
from pann import tagger
from reference_models import CHECKPOINTS, find, presence

PUBLISHED = {
    "pann_cnn6": ("Cnn6_mAP=0.343.pth", 23_698_321, "sha256:8a175419"),
    "pann_cnn10": ("Cnn10_mAP=0.380.pth", 25_237_595, "sha256:5240bdc4"),
    "pann_cnn14": ("Cnn14_mAP=0.431.pth", 327_428_481, "sha256:0dc499e4"),
    "pann_resnet38": ("ResNet38_mAP=0.434.pth", 299_615_982, "md5:bf12f36aaab"),
    "yamnet": ("yamnet.h5", 15_296_092, "sha256:13c33089"),
    "yamnet_int8": (
        "lite-model_yamnet_classification_tflite_1.tflite",
        4_126_810,
        "sha256:10c95ea3",
    ),
    "efficientnet_b0": ("efficientnet_b0_rwightman-7f5810bc.pth", 21_444_401, "sha256:7f5810bc"),
    "efficientnet_b7": ("efficientnet_b7_lukemelas-c5b4e57e.pth", None, "sha256:c5b4e57e"),
    "minilm": ("all-MiniLM-L6-v2/model.safetensors", 90_868_376, "sha256:53aa5117"),
    "mpnet": ("all-mpnet-base-v2/model.safetensors", 437_971_872, "sha256:78c0197b"),
}
HOSTS = {
    "pann": ("zenodo.org", "/records/3987831/files/"),
    "yamnet": ("storage.googleapis.com", "/"),
    "efficientnet": ("download.pytorch.org", "/models/"),
    "minilm": ("huggingface.co", "/sentence-transformers/all-MiniLM-L6-v2/"),
    "mpnet": ("huggingface.co", "/sentence-transformers/all-mpnet-base-v2/"),
}
DIGITS = {"sha256": 64, "md5": 32}


def test_the_checkpoints_are_known_as_published():
    found = {n: (c.file, c.bytes, c.digest[:15]) for n, c in CHECKPOINTS.items()}
    assert found == PUBLISHED


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_an_entry_is_complete(name):
    checkpoint = find(name)
    assert checkpoint.name == name
    address = urlsplit(checkpoint.url)
    host, folder = HOSTS[name.partition("_")[0]]
    assert (address.scheme, address.netloc) == ("https", host)
    assert "=" not in address.path
    assert unquote(address.path).startswith(folder)
    assert unquote(address.path).endswith(f"/{PurePath(checkpoint.file).name}")
    assert checkpoint.licence in ("CC BY 4.0", "Apache-2.0", "BSD-3-Clause")
    assert re.search(r"(,|ICML|EMNLP) 20\d\d", checkpoint.citation)
    assert name.partition("_")[2].upper().replace("INT8", "8-BIT") in checkpoint.about.upper()


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_digests_are_whole_or_those_of_the_file_name(name):
    algorithm, _, digits = find(name).digest.partition(":")
    assert re.fullmatch("[0-9a-f]+", digits)
    if len(digits) != DIGITS[algorithm]:
        assert f"-{digits}." in find(name).file
        assert find(name).caveat.startswith(f"only the first {len(digits)} digits")


def test_efficientnet_files_carry_the_digits_that_torchvision_publishes():
    for name in ("efficientnet_b0", "efficientnet_b7"):
        checkpoint = find(name)
        assert f"-{checkpoint.digest[7:15]}.pth" in checkpoint.file


def test_it_is_said_where_the_publisher_gives_no_checksum():
    assert find("pann_resnet38").caveat == ""
    assert find("yamnet").caveat.startswith("no published checksum")
    assert [n for n, c in CHECKPOINTS.items() if not c.official] == ["yamnet"]


def test_the_tflite_at_hand_is_the_published_one(real_data, tmp_path):
    checkpoint = find("yamnet_int8")
    content = (real_data("yamnet") / "yamnet_classification_int8.tflite").read_bytes()
    (tmp_path / checkpoint.file).write_bytes(content)
    assert presence(checkpoint, tmp_path, verify=True).state == "here"


@pytest.mark.parametrize("name", [name for name in CHECKPOINTS if name.startswith("pann_")])
def test_published_bytes_are_those_of_the_networks_entries(name):
    """Beside its numbers, each entry of these files takes 179 bytes, or 12 more for long names."""
    with torch.device("meta"):
        state = tagger(name.removeprefix("pann_")).state_dict()
    front_end = 4 * (2 * 513 * 1024 + 513 * 64)  # Fourier kernels, and the mel filters
    numbers = front_end + sum(value.nbytes for value in state.values())
    assert 175 < (find(name).bytes - numbers) / (len(state) + 3) < 195


def test_a_typo_names_the_nearest():
    with pytest.raises(UnknownName, match="unknown checkpoint 'pann_cnn4'; did you mean 'pann_cnn"):
        find("pann_cnn4")
