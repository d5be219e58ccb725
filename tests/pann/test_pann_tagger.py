"""Taggers: published sizes and names, batch norm over bands, dropout, SpecAugment, gradients."""

import pytest
import torch

from pann import BACKBONES, tagger, trunks

WIDTH = 1 / 32


@pytest.mark.parametrize(
    ("name", "parameters", "entries"),
    [
        ("cnn6", 4_837_455, 33),
        ("cnn10", 5_219_279, 57),
        ("cnn14", 80_753_615, 81),
        ("resnet38", 73_783_247, 243),
    ],
)
def test_sizes_are_the_published_ones(name, parameters, entries):
    with torch.device("meta"):
        network = tagger(name)
    assert sum(p.numel() for p in network.parameters()) == parameters
    assert len(network.state_dict()) == entries


@pytest.mark.parametrize("name", trunks())
@pytest.mark.parametrize("frames", [32, 101])
def test_one_logit_a_class_and_clip(name, frames):
    network = tagger(name, WIDTH, classes=5).eval()
    assert network(torch.randn(3, frames, 64)).shape == (3, 5)


@pytest.mark.parametrize("shape", [(2, 31, 64), (2, 64, 101), (2, 1, 101, 64), (101, 64)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match=r"\(n, 32 frames or more, 64 bands\), not \("):
        tagger("cnn6", WIDTH)(torch.zeros(shape))


def test_batch_norm_sees_bands():
    network = tagger("cnn6", WIDTH, dropout=0)
    log_mel = torch.randn(4, 40, 64) * torch.linspace(1, 9, 64) + torch.arange(64)
    network(log_mel)
    momentum = network.bn0.momentum
    torch.testing.assert_close(network.bn0.running_mean, momentum * log_mel.mean((0, 1)))


@pytest.mark.parametrize("name", ["cnn14", "resnet38"])
def test_published_dropout(name):
    rates = [m.p for m in tagger(name, WIDTH).modules() if isinstance(m, torch.nn.Dropout)]
    blocks = {"cnn14": 6 * [0.2], "resnet38": [0.2] + 16 * [0.1]}[name]
    assert sorted(rates) == sorted([*blocks, 0.5])


def test_trunk_reads_frames_by_bands():
    """CNN14 averages its last axis first: that must be the bands, as published."""
    network, seen = tagger("cnn14", WIDTH, dropout=0).eval(), []
    network.trunk.register_forward_hook(lambda module, given, out: seen.append(given[0].shape))
    network(torch.zeros(2, 101, 64))
    assert seen == [(2, 1, 101, 64)]
    assert len(BACKBONES["cnn14"].channels) == len(list(network.trunk.children()))


def test_spec_augment_blanks_in_training_only_and_lets_gradients_pass():
    torch.manual_seed(1)
    network, seen = tagger("resnet38", WIDTH, dropout=0, augment=True), []
    network.trunk.register_forward_hook(lambda module, given, out: seen.append(given[0]))
    log_mel = torch.randn(6, 101, 64, requires_grad=True)
    network(log_mel).square().sum().backward()
    blanked = seen[-1].eq(0)[:, 0]
    assert blanked.all(dim=2).any(), "whole frames"
    assert blanked.all(dim=1).any(), "whole bands"
    assert blanked.all(dim=2).sum(1).max() <= 2 * 63
    assert blanked.all(dim=1).sum(1).max() <= 2 * 7
    assert network.bn0.weight.grad.abs().sum() > 0
    network.eval()
    network(log_mel)
    assert not seen[-1].eq(0).any()


def test_without_being_asked_nothing_is_blanked():
    network, seen = tagger("resnet38", WIDTH), []
    network.trunk.register_forward_hook(lambda module, given, out: seen.append(given[0]))
    network(torch.randn(2, 101, 64))
    assert not seen[0].eq(0).any()


@pytest.mark.parametrize("name", trunks())
def test_gradient_reaches_every_parameter(name):
    torch.manual_seed(0)
    network = tagger(name, WIDTH, classes=5, dropout=0)
    network.dropout.p = 0
    for norm in (m for m in network.modules() if isinstance(m, torch.nn.BatchNorm2d)):
        torch.nn.init.ones_(norm.weight)  # a fresh residual block is the identity
    network(torch.randn(4, 64, 64)).square().sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())


def test_unknown_name_is_refused_with_the_nearest_one():
    with pytest.raises(ValueError, match="unknown backbone 'resnet83'; did you mean 'resnet38'"):
        tagger("resnet83")
