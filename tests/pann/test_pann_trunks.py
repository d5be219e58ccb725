"""Trunks by name: each file's table is found, and what it makes is a trunk."""

import pytest
import torch

from pann import BACKBONES, Trunk, build, trunks


def test_every_file_with_a_table_is_found():
    assert set(trunks()) == {*BACKBONES, "resnet38"}


@pytest.mark.parametrize("name", trunks())
def test_a_trunk_says_how_long_its_embeddings_are(name):
    trunk = build(name, width=1 / 32, dropout=0.2)
    assert isinstance(trunk, Trunk)
    assert trunk(torch.randn(2, 1, 64, 40)).shape == (2, trunk.embedding_size)
    assert any(isinstance(m, torch.nn.Dropout) and m.p == 0.2 for m in trunk.modules())
