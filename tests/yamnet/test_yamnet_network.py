"""The network: its size and names, SAME padding, folding, gradients, refusals."""

import numpy as np
import pytest
import tensorflow_layers
import torch
from small_yamnet import small_yamnet

from yamnet import YamNet, fold
from yamnet.network import SameConv2d


@pytest.fixture
def log_mel() -> torch.Tensor:
    return torch.randn(3, 96, 64, generator=torch.Generator().manual_seed(1)) - 3


def test_size_is_the_published_one():
    with torch.device("meta"):
        network = YamNet()
    assert sum(p.numel() for p in network.parameters()) == 3_740_425
    assert network.embedding_size == 1024
    # Google's own count has a bias in each batch norm and no scale, which are 10,944 of them.
    scales = sum(p.numel() for n, p in network.named_parameters() if n.endswith("bn.weight"))
    assert 3_740_425 - scales == 3_729_481


def test_entries_have_the_names_of_the_torch_port():
    units = ["layer1.fused"] + [
        f"layer{number}.{unit}"
        for number in range(2, 15)
        for unit in ("depthwise_conv", "pointwise_conv")
    ]
    norm = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
    expected = {f"{unit}.bn.{part}" for unit in units for part in norm}
    expected |= {f"{unit}.conv.weight" for unit in units}
    expected |= {"classifier.weight", "classifier.bias"}
    assert YamNet(width=1 / 32).state_dict().keys() == expected


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("side", [1, 2, 3, 4])
@pytest.mark.parametrize("shape", [(8, 6), (7, 6), (9, 5), (1, 3)])
def test_same_padding_is_that_of_its_definition(side, stride, shape):
    torch.manual_seed(0)
    layer = SameConv2d(2, 5, side, stride)
    x = torch.randn(1, 2, *shape)
    kernel = layer.weight.detach().permute(2, 3, 1, 0).numpy()
    expected = tensorflow_layers.conv(x[0].permute(1, 2, 0).numpy(), kernel, stride)
    expected += layer.bias.detach().numpy()
    got = layer(x)[0].permute(1, 2, 0).detach().numpy()
    np.testing.assert_allclose(got, expected, atol=1e-5)


def test_logits_come_from_the_embedding(log_mel):
    network = small_yamnet()
    embedding = network.embed(log_mel)
    assert embedding.shape == (3, 128)
    torch.testing.assert_close(network(log_mel), network.classifier(embedding))


@pytest.mark.parametrize("activation", ["relu", "relu6"])
def test_folding_changes_neither_logits_nor_the_network(log_mel, activation):
    network = small_yamnet(activation=activation).double()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    folded = fold(network.train())
    network.eval()
    torch.testing.assert_close(folded(log_mel.double()), network(log_mel.double()))
    assert folded(log_mel.double()).std() > 0.01
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    plain = YamNet(7, 1 / 8, activation, folded=True).state_dict()
    assert {n: v.shape for n, v in folded.state_dict().items()} == {
        n: v.shape for n, v in plain.items()
    }
    assert fold(folded) is folded


def test_relu6_bounds_every_activation(log_mel):
    loud = 50 * log_mel
    assert small_yamnet(activation="relu").embed(loud).max() > 6
    assert small_yamnet(activation="relu6").embed(loud).max() <= 6


@pytest.mark.parametrize("folded", [False, True])
def test_gradient_reaches_input_and_every_parameter(log_mel, folded):
    network = fold(small_yamnet()) if folded else small_yamnet().train()
    log_mel.requires_grad_()
    network(log_mel).sigmoid().sum().backward()
    assert log_mel.grad.abs().sum() > 0
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())


@pytest.mark.parametrize("shape", [(96, 64), (2, 64, 96), (2, 97, 64), (2, 1, 96, 64)])
def test_other_shapes_than_patches_are_refused(shape):
    with pytest.raises(ValueError, match=r"reads patches \(n, 96, 64\)"):
        small_yamnet()(torch.zeros(shape))


@pytest.mark.parametrize("width", [0, 0.1, 1 / 64, float("nan"), float("inf")])
def test_width_that_leaves_no_whole_channels_is_refused(width):
    with pytest.raises(ValueError, match=r"use a multiple of 1/32"):
        YamNet(width=width)


def test_unknown_activation_is_refused():
    with pytest.raises(ValueError, match="unknown activation 'gelu'; known: relu, relu6"):
        YamNet(activation="gelu")
