"""A training step, beside the published recipe written out plainly."""

import sys
from pathlib import Path

import pytest
import torch

sys.path.append(str(Path(__file__).parents[2] / "bench"))

from training import ours, recipe


@pytest.fixture(scope="module")
def batch():
    torch.manual_seed(0)
    time = torch.arange(128_000) / 16_000  # 8 s, for which the published masks are made
    tones = torch.sin(2 * torch.pi * 200 * (1 + torch.arange(8) % 4)[:, None] * time)
    return 0.3 * tones + 0.05 * torch.randn(8, 128_000), torch.arange(8) % 4


def test_a_step_is_the_published_recipe(batch):
    """Features once instead of every step and another memory layout change nothing."""
    steps = [make(0.125, *batch) for make in (recipe, ours)]
    losses = [[step().item() for step in steps] for _ in range(3)]
    assert losses[-1][0] < losses[0][0]
    for expected, found in losses:
        assert found == pytest.approx(expected, abs=1e-3)


def test_views_seen_together_are_something_else(batch):
    plain, joint = recipe(0.125, *batch), ours(0.125, *batch, views="joint")
    assert abs(plain().item() - joint().item()) > 1e-3
