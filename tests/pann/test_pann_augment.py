"""SpecAugment: torchaudio's masks draw by draw, ranges, independence, the published coin."""

import pytest
import torch
from torchaudio.functional import mask_along_axis_iid

from pann import published_coin, spec_augment


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def torchaudio_masked(logmel: torch.Tensor) -> torch.Tensor:
    for axis, width in ((2, 20), (2, 20), (3, 40), (3, 40)):
        logmel = mask_along_axis_iid(logmel, width, 0.0, axis)
    return logmel


@pytest.mark.parametrize("frames", [251, 63, 30])
def test_masks_are_those_of_torchaudio(frames):
    logmel = torch.rand(33, 1, 64, frames) + 0.5
    torch.manual_seed(5)
    expected = torchaudio_masked(logmel)
    assert torch.equal(spec_augment(logmel, generator(5)), expected)
    torch.manual_seed(5)
    assert torch.equal(spec_augment(logmel), expected)


def test_one_mask_covers_0_to_19_bands_in_one_piece():
    masked = spec_augment(
        torch.ones(20_000, 1, 64, 3), generator(), frequency_masks=1, time_masks=0
    )
    blank = (masked == 0).all(dim=3)[:, 0]
    assert torch.equal(blank, (masked == 0).any(dim=3)[:, 0])
    widths = blank.sum(dim=1)
    assert (widths.min(), widths.max()) == (0, 19)
    shares = torch.bincount(widths) / len(widths)
    torch.testing.assert_close(shares, torch.full((20,), 1 / 20), atol=0.008, rtol=0)
    edges = torch.diff(blank.int(), dim=1, prepend=torch.zeros(20_000, 1, dtype=torch.int32))
    assert (edges == 1).sum(dim=1).max() == 1
    assert blank.any(dim=0).tolist() == [True] * 63 + [False]


def test_two_time_masks_cover_0_to_78_frames():
    masked = spec_augment(torch.ones(20_000, 1, 2, 251), generator(), frequency_masks=0)
    widths = (masked[:, 0, 0] == 0).sum(dim=1)
    assert widths.min() == 0
    assert 70 < widths.max() <= 78
    # Two widths of 19.5 on average, less their overlap.
    assert widths.float().mean().item() == pytest.approx(37, abs=1)


def test_examples_are_masked_independently():
    masked = spec_augment(torch.ones(2_000, 1, 64, 251), generator())
    widths = (masked[:, 0, :, 0] == 0).sum(dim=1).float()
    assert len({tuple(row) for row in (masked[:50, 0] == 0).flatten(1).tolist()}) == 50
    neighbours = torch.corrcoef(torch.stack([widths[:-1], widths[1:]]))[0, 1]
    assert abs(neighbours) < 0.07


def test_values_outside_the_masks_and_the_input_stay():
    logmel = torch.rand(4, 1, 64, 251) + 0.5
    before = logmel.clone()
    masked = spec_augment(logmel, generator())
    assert torch.equal(logmel, before)
    assert torch.equal(masked[masked != 0], logmel[masked != 0])
    assert (masked == 0).any()


def test_generator_state_brings_the_masks_back():
    logmel, source = torch.ones(4, 1, 64, 251), generator(3)
    spec_augment(logmel, source)
    state = source.get_state()
    later = spec_augment(logmel, source)
    resumed = generator(99)
    resumed.set_state(state)
    assert torch.equal(spec_augment(logmel, resumed), later)


def test_no_gradient_passes():
    assert not spec_augment(torch.ones(1, 1, 64, 251, requires_grad=True)).requires_grad


def test_published_coin_is_true_84_percent_of_the_time():
    source = generator()
    heads = sum(published_coin(source) for _ in range(20_000)) / 20_000
    assert heads == pytest.approx(0.8413, abs=0.008)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_cpu_generator_gives_the_same_masks_on_a_gpu():
    logmel = torch.ones(8, 1, 64, 251)
    on_gpu = spec_augment(logmel.cuda(), generator(1)).cpu()
    assert torch.equal(on_gpu, spec_augment(logmel, generator(1)))
