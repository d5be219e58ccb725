"""Trunks by name: each file's table is found, and what it makes is a trunk."""

import copy

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


@pytest.mark.parametrize("name", trunks())
def test_channels_last_and_bf16_give_the_same_embedding(name):
    torch.manual_seed(0)
    trunk = build(name, width=1 / 8).eval()
    logmel = torch.randn(2, 1, 64, 64)
    last = copy.deepcopy(trunk).to(memory_format=torch.channels_last)
    with torch.no_grad():
        plain = trunk(logmel)
        torch.testing.assert_close(last(logmel), plain, rtol=1e-4, atol=1e-5)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            half = last(logmel).float()
    assert (half - plain).abs().max() < 0.03 * plain.abs().max()


def test_unknown_name_is_refused_with_the_nearest_one():
    with pytest.raises(ValueError, match="unknown backbone 'CNN41'; did you mean 'cnn14'"):
        build("CNN41")
