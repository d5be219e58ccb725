"""The trunk ResNet38: names of the published checkpoint, halvings, residual blocks."""

import pytest
import torch

from pann import resnet38
from pann.resnet38 import STAGES, ResidualBlock

NORM = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")


def test_entries_have_the_names_of_the_published_checkpoint():
    pairs = ["conv_block1", "conv_block_after1"]
    pairs += [f"resnet.layer{n}.{m}" for n, blocks in enumerate(STAGES, 1) for m in range(blocks)]
    expected = {
        f"{pair}.{entry}"
        for pair in pairs
        for j in (1, 2)
        for entry in (f"conv{j}.weight", *(f"bn{j}.{part}" for part in NORM))
    }
    for number in (2, 3, 4):
        side = f"resnet.layer{number}.0.downsample"
        expected |= {f"{side}.1.weight", *(f"{side}.2.{part}" for part in NORM)}
    assert resnet38(1 / 64).state_dict().keys() == expected


def test_channels_and_halvings():
    trunk, sizes = resnet38(1 / 64).eval(), {}
    for name, module in trunk.named_modules():
        module.register_forward_hook(
            lambda _module, _given, out, name=name: sizes.update({name: tuple(out.shape[1:])})
        )
    assert trunk(torch.zeros(2, 1, 101, 64)).shape == (2, 32)
    assert sizes["conv_block1"] == (1, 101, 64)
    assert [sizes[f"resnet.layer{n}"] for n in (1, 2, 3, 4)] == [
        (1, 50, 32),
        (2, 25, 16),
        (4, 12, 8),
        (8, 6, 4),
    ]
    assert sizes["conv_block_after1"] == (32, 3, 2)


def test_fresh_residual_block_is_the_rectified_identity():
    x = torch.randn(2, 3, 8, 8)
    torch.testing.assert_close(ResidualBlock(3, 3, False, 0.1).eval()(x), x.relu())


def test_residual_block_by_definition():
    torch.manual_seed(0)
    block = ResidualBlock(2, 4, True, 0.0).eval()
    for norm in (block.bn1, block.bn2, block.downsample[2]):
        torch.nn.init.uniform_(norm.weight)
        torch.nn.init.normal_(norm.bias)
    x = torch.randn(3, 2, 9, 6)
    halved = torch.nn.functional.avg_pool2d(x, 2)
    found = block.bn2(block.conv2(block.bn1(block.conv1(halved)).relu()))
    beside = block.downsample[2](block.downsample[1](halved))
    torch.testing.assert_close(block(x), (found + beside).relu())


def test_input_is_left_as_it_was():
    x = torch.randn(1, 2, 8, 8)
    before = x.clone()
    ResidualBlock(2, 2, False, 0.0)(x)
    assert torch.equal(x, before)


def test_width_that_leaves_no_whole_channels_is_refused():
    with pytest.raises(ValueError, match="multiple of 1/64"):
        resnet38(1 / 100)
