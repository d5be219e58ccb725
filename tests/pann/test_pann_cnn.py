"""CNN trunks: sizes, names and the golden embedding of the ICBHI reference, refusals."""

import pytest
import torch

from pann import BACKBONES, build, cnn6, cnn10, cnn14


def sine(step: float, *shape: int) -> torch.Tensor:
    """Sines made in float64: in float32 their own rounding would show."""
    count = torch.Size(shape).numel()
    return torch.sin(step * torch.arange(count, dtype=torch.float64)).float().reshape(shape)


@pytest.mark.parametrize(
    ("make", "parameters", "entries", "embedding"),
    [
        (cnn6, 4_304_320, 24, 512),
        (cnn10, 4_686_144, 48, 512),
        (cnn14, 75_477_312, 72, 2048),
    ],
)
def test_sizes_are_the_published_ones(make, parameters, entries, embedding):
    with torch.device("meta"):
        trunk = make()
    assert sum(p.numel() for p in trunk.parameters()) == parameters
    assert len(trunk.state_dict()) == entries
    assert trunk.embedding_size == embedding


@pytest.mark.parametrize(("name", "convolutions"), [("cnn6", 1), ("cnn10", 2), ("cnn14", 2)])
def test_entries_have_the_names_of_published_checkpoints(name, convolutions):
    norm = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
    expected = {
        f"conv_block{block}.{entry}"
        for block in range(1, len(BACKBONES[name].channels) + 1)
        for j in range(1, convolutions + 1)
        for entry in (f"conv{j}.weight", *(f"bn{j}.{part}" for part in norm))
    }
    assert build(name, width=1 / 64).state_dict().keys() == expected


def test_golden_embedding_of_cnn6():
    trunk = cnn6().eval()
    with torch.no_grad():
        for weight in (p for p in trunk.parameters() if p.ndim == 4):
            fan_in = weight[0].numel()
            weight.copy_(sine(0.37, *weight.shape) * 2 / fan_in**0.5)
        embedding = trunk(sine(0.011, 1, 1, 64, 251))
    assert embedding.shape == (1, 512)
    torch.testing.assert_close(
        embedding[0, :2], torch.tensor([0.055581, 0.072333]), atol=6e-7, rtol=0
    )


def test_last_axis_is_averaged_and_the_other_one_is_maximum_plus_mean():
    trunk = cnn6(width=1 / 64).eval()
    before_pooling = torch.rand(3, 8, 4, 15)
    trunk.get_submodule("conv_block4").register_forward_hook(lambda *_: before_pooling)
    over_time = before_pooling.mean(dim=3)
    expected = over_time.amax(dim=2) + over_time.mean(dim=2)
    torch.testing.assert_close(trunk(torch.zeros(3, 1, 64, 251)), expected)


@pytest.mark.parametrize(("name", "halvings"), [("cnn6", 4), ("cnn10", 4), ("cnn14", 5)])
def test_only_pooled_blocks_halve_mel_and_frames(name, halvings):
    trunk, sizes = build(name, width=1 / 64).eval(), []
    for block in trunk.children():
        block.register_forward_hook(lambda *call: sizes.append(tuple(call[2].shape[2:])))
    trunk(torch.zeros(1, 1, 64, 251))
    expected = [(64 >> min(k, halvings), 251 >> min(k, halvings)) for k in range(1, len(sizes) + 1)]
    assert sizes == expected


def test_initialisation_is_xavier_uniform_with_fresh_batch_norm():
    trunk = cnn10()
    weight = trunk.get_parameter("conv_block3.conv2.weight")
    bound = (6 / (2 * 256 * 9)) ** 0.5
    assert weight.abs().max() <= bound
    assert weight.std().item() == pytest.approx(bound / 3**0.5, rel=0.01)
    assert torch.all(trunk.get_parameter("conv_block3.bn2.weight") == 1)
    assert torch.all(trunk.get_parameter("conv_block3.bn2.bias") == 0)


@pytest.mark.parametrize(
    ("width", "channels"),
    [(0.25, [16, 32, 64, 128]), (1 / 64, [1, 2, 4, 8]), (2, [128, 256, 512, 1024])],
)
def test_width_scales_every_block(width, channels):
    with torch.device("meta"):
        trunk = cnn6(width)
    assert [block.conv1.out_channels for block in trunk.children()] == channels
    assert trunk.embedding_size == channels[-1]


@pytest.mark.parametrize("width", [0, -1, 0.1, 1 / 128, float("nan"), float("inf")])
def test_width_that_leaves_no_whole_channels_is_refused(width):
    with pytest.raises(ValueError, match=r"gives block 1 .* multiple of 1/64"):
        cnn6(width)


def test_dropout_acts_in_training_only():
    torch.manual_seed(0)
    trunk = cnn6(width=1 / 8, dropout=0.2)
    logmel = torch.rand(2, 1, 32, 32)
    assert sum(isinstance(m, torch.nn.Dropout) and m.p == 0.2 for m in trunk.modules()) == 4
    assert not torch.equal(trunk(logmel), trunk(logmel))
    trunk.eval()
    assert torch.equal(trunk(logmel), trunk(logmel))
    assert trunk.state_dict().keys() == cnn6(width=1 / 8).state_dict().keys()
