"""Which captions an epoch sees."""

from collections import Counter

import pytest
import torch

from core.errors import UnknownName
from experiments.common.batches import epoch_generator
from experiments.retrieval.pairs import draw_pairs

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
