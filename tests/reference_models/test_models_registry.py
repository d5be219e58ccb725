"""What is known of the published checkpoints."""

import re
from urllib.parse import unquote, urlsplit

import pytest

from core.errors import UnknownName
from reference_models import CHECKPOINTS, find

PUBLISHED = {
    "pann_cnn6": ("Cnn6_mAP=0.343.pth", 23_698_321, "8a175419"),
    "pann_cnn10": ("Cnn10_mAP=0.380.pth", 25_237_595, "5240bdc4"),
    "pann_cnn14": ("Cnn14_mAP=0.431.pth", 327_428_481, "0dc499e4"),
}


def test_the_three_panns_are_known_as_published():
    found = {n: (c.file, c.bytes, c.sha256[:8]) for n, c in CHECKPOINTS.items()}
    assert found == PUBLISHED


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_an_entry_is_complete(name):
    checkpoint = find(name)
    assert checkpoint.name == name
    assert re.fullmatch("[0-9a-f]{64}", checkpoint.sha256)
    address = urlsplit(checkpoint.url)
    assert (address.scheme, address.netloc, address.query) == ("https", "zenodo.org", "download=1")
    assert "=" not in address.path
    assert unquote(address.path) == f"/records/3987831/files/{checkpoint.file}"
    assert checkpoint.licence == "CC BY 4.0"
    assert "Kong" in checkpoint.citation
    assert "10.5281/zenodo.3987831" in checkpoint.citation
    assert checkpoint.about.startswith(name.removeprefix("pann_").upper())


def test_a_typo_names_the_nearest():
    with pytest.raises(UnknownName, match="unknown checkpoint 'pann_cnn4'; did you mean 'pann_cnn"):
        find("pann_cnn4")
