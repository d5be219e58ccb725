"""The transcoders: published sizes and names, padding, dilation, seeds."""

from itertools import product

import pytest
import torch
from torch import nn

from core import Setting
from core.errors import UnknownName
from experiments.transcoder.networks import (
    TRANSCODERS,
    CnnTranscoder,
    MlpPinvTranscoder,
    MlpTranscoder,
    build,
)
from experiments.transcoder.pinv import Pinv

CNN = {"kernel_size": 5, "nb_layers": 5, "dilation": 1, "nb_channels": 64}
MLP = {"hidden1": 100, "hidden2": 3000}


def setting(transcoder: str, classifier: str = "PANN", **others: object) -> Setting:
    """A setting with all that shapes a network."""
    return Setting({"transcoder": transcoder, "classifier": classifier, **CNN, **MLP, **others})


def size(network: nn.Module) -> int:
    """The number of parameters."""
    return sum(parameter.numel() for parameter in network.parameters())


def levels() -> torch.Tensor:
    """Levels (2, 8, 29) of noise."""
    return 10 * torch.randn(2, 8, 29, generator=torch.Generator().manual_seed(0)) - 20


def test_golden_sizes():
    pinv = Pinv("PANN")
    with torch.device("meta"):
        assert size(CnnTranscoder(pinv, **CNN)) == 186_497
        assert size(MlpTranscoder("PANN", **MLP)) == 19_724_764
        assert size(MlpPinvTranscoder(pinv, **MLP)) == 20_347_964


@pytest.mark.parametrize(("transcoder", "classifier"), [*product(TRANSCODERS, ["PANN", "YamNet"])])
def test_levels_become_a_second_of_log_mel(transcoder, classifier):
    small = {"hidden1": 4, "hidden2": 5, "nb_channels": 2}
    network = build(setting(transcoder, classifier, **small))
    frames = {"PANN": 101, "YamNet": 96}[classifier]
    assert network(levels()).shape == (2, frames, 64)


def test_golden_names_and_shapes_of_the_convolutions():
    state = build(setting("cnn_pinv")).state_dict()
    names = [f"mod_conv.{i}.{kind}" for i in (1, 4, 7, 10, 13) for kind in ("weight", "bias")]
    assert list(state) == names
    assert state["mod_conv.4.weight"].shape == (64, 64, 3, 5)
    assert state["mod_conv.13.weight"].shape == (1, 64, 3, 5)


@pytest.mark.parametrize(("nb_layers", "convolutions"), [(1, 2), (2, 2), (3, 3), (5, 5)])
def test_there_are_at_least_two_convolutions(nb_layers, convolutions):
    network = build(setting("cnn_pinv", nb_layers=nb_layers))
    assert sum(isinstance(layer, nn.Conv2d) for layer in network.modules()) == convolutions
    assert not isinstance(network.mod_conv[-1], nn.ReLU)


def test_a_convolution_reads_three_frames_and_dilated_bands_at_the_edges_too():
    for kernel_size, dilation in product([3, 5], [1, 2, 3]):
        shape = {"kernel_size": kernel_size, "dilation": dilation, "nb_layers": 1}
        network = build(setting("cnn_pinv", **shape))
        image = torch.zeros(1, 1, 101, 64, requires_grad=True)
        first = network.mod_conv[:2](image)
        assert first.shape[2:] == (101, 64)
        first[0, :, 50, 32].sum().backward()
        rows, columns = image.grad[0, 0].nonzero(as_tuple=True)
        assert set(rows.tolist()) == {49, 50, 51}
        reach = kernel_size // 2
        expected = {32 + dilation * step for step in range(-reach, reach + 1)}
        assert set(columns.tolist()) == expected


def test_edges_are_repeated():
    network = build(setting("cnn_pinv"))
    even = network.mod_conv[:2](torch.ones(1, 1, 101, 64))
    assert torch.allclose(even, even[..., :1, :1].expand_as(even), atol=1e-6)


def test_dilations_0_and_1_are_one_network():
    zero, one = (build(setting("cnn_pinv", dilation=d)) for d in (0, 1))
    assert torch.equal(zero(levels()), one(levels()))


@pytest.mark.parametrize("transcoder", ["cnn_pinv", "mlp_pinv"])
def test_residual_networks_that_say_nothing_give_pinv(transcoder):
    network = build(setting(transcoder, hidden1=4, hidden2=5))
    for parameter in network.parameters():
        nn.init.zeros_(parameter)
    assert torch.equal(network(levels()), Pinv("PANN")(levels()))


def test_the_variant_of_pinv_is_the_one_asked_for():
    power = build(setting("pinv", "YamNet", pinv="power"))
    assert torch.equal(power(levels()), Pinv("YamNet", "power")(levels()))
    assert torch.equal(build(setting("pinv", "YamNet"))(levels()), Pinv("YamNet")(levels()))


def test_weights_are_drawn_from_the_seed_alone():
    first = build(setting("cnn_pinv"), seed=1)
    torch.rand(1)
    again, other = build(setting("cnn_pinv"), seed=1), build(setting("cnn_pinv"), seed=2)
    assert torch.equal(first(levels()), again(levels()))
    assert not torch.equal(first(levels()), other(levels()))


def test_an_unknown_transcoder_is_refused():
    with pytest.raises(UnknownName, match="did you mean 'cnn_pinv'"):
        build(setting("cnn_pinvv"))
