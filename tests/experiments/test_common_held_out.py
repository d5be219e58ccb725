import numpy as np
import pytest

from core.errors import DataError
from experiments.common.held_out import hold_out

RANDOM = np.random.default_rng(0)
GROUPS = RANDOM.integers(0, 40, 900)
LABELS = RANDOM.choice(4, 900, p=[0.5, 0.3, 0.12, 0.08])


def test_groups_are_held_out_whole():
    held = hold_out(GROUPS, LABELS, 0.2, seed=3)
    assert not {*GROUPS[held]} & {*GROUPS[~held]}
    assert len({*GROUPS[held]}) == 8


@pytest.mark.parametrize("seed", range(5))
def test_every_class_is_held_out_in_about_the_share(seed):
    held = hold_out(GROUPS, LABELS, 0.2, seed)
    shares = [held[label == LABELS].mean() for label in range(4)]
    assert shares == pytest.approx([0.2] * 4, abs=0.05)


def test_the_seed_decides_who_is_held_out():
    first, again, other = (hold_out(GROUPS, LABELS, 0.2, seed) for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_some_group_is_held_out_and_some_is_left():
    for share in (0.01, 0.99):
        held = hold_out(np.array([7, 7, 8, 9]), np.array([0, 1, 0, 2]), share, seed=0)
        assert 0 < held.sum() < 4


def test_one_group_cannot_be_divided():
    with pytest.raises(DataError, match="1 group"):
        hold_out(np.array([7, 7]), np.array([0, 1]), 0.2, seed=0)
