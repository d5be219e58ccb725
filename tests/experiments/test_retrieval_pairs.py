"""Which captions an epoch sees, and when a training stops."""

from collections import Counter

import pytest
import torch

from core.errors import UnknownName
from experiments.common.batches import epoch_generator
from experiments.retrieval.pairs import draw_pairs
from experiments.retrieval.stopping import stopping_of

CLIP = torch.tensor([3, 3, 3, 0, 0, 1, 2, 2, 2, 2])


def drawn(pairs, seed):
    return draw_pairs(pairs, CLIP, epoch_generator(0, seed))


def test_all_captions_are_pairs():
    assert drawn("all", 0).tolist() == list(range(10))


def test_one_caption_of_each_clip():
    for seed in range(20):
        assert CLIP[drawn("one_per_epoch", seed)].tolist() == [0, 1, 2, 3]


def test_captions_are_drawn_anew_in_each_epoch_and_evenly():
    counts = Counter(
        caption for seed in range(600) for caption in drawn("one_per_epoch", seed).tolist()
    )
    for caption, clip in enumerate(CLIP.tolist()):
        share = 600 / int((clip == CLIP).sum())
        assert counts[caption] == pytest.approx(share, rel=0.25)


def test_an_epoch_is_its_seed():
    assert torch.equal(drawn("one_per_epoch", 5), drawn("one_per_epoch", 5))


def test_unknown_pairs():
    with pytest.raises(UnknownName, match="did you mean 'one_per_epoch'"):
        drawn("one_per_epok", 0)


def test_without_stopping_all_epochs_are_run():
    assert not stopping_of("none")([1.0] * 500)


@pytest.mark.parametrize(
    ("losses", "stops"),
    [
        ([2.0] * 59, False),
        ([2.0] * 60, True),
        ([9.0] * 50 + [2.0] * 10, True),
        ([9.0] * 51 + [2.0] * 9, False),
        ([2.0, 2.01] * 40, False),
        ([2.0, 2.0019] * 40, True),  # deviates by 0.00095
    ],
)
def test_the_baseline_stops_where_sixty_losses_end_flat(losses, stops):
    assert stopping_of("std")(losses) == stops


@pytest.mark.parametrize(
    ("losses", "stops"),
    [
        ([2.0] * 10, False),
        ([2.0] * 11, True),
        ([2.0] + [1.9995] * 10, True),  # half of a gain
        ([2.0] * 10 + [1.9], False),
        ([2.0 - 0.0005 * i for i in range(40)], False),  # gains add up
        ([1.0] + [2.0] * 9 + [0.9] + [2.0] * 9, False),
    ],
)
def test_the_fork_stops_after_ten_epochs_without_a_gain(losses, stops):
    assert stopping_of("patience")(losses) == stops


def test_unknown_stopping():
    with pytest.raises(UnknownName, match="did you mean 'patience'"):
        stopping_of("patient")
