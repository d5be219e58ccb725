"""Captions ranked against clips that are their other captions."""

import csv

import numpy as np
import pytest
import torch

from core.errors import DataError
from experiments.retrieval.hashed import HashedWords
from experiments.retrieval.intervals import half_width
from experiments.retrieval.oracle import caption_oracle, oracle_scores


def encoded(texts):
    return torch.from_numpy(HashedWords().encode(texts))


def test_captions_that_agree_find_their_clip():
    heard = ["rain on a tin roof", "a dog barks twice", "two people talk"]
    texts = [f"{words} {place}" for words in heard for place in ("outside", "far away")]
    found = caption_oracle(encoded(texts), np.repeat([0, 1, 2], 2))
    assert found["t2a_top"][:, 0].tolist() == [0, 0, 1, 1, 2, 2]
    assert found["t2a_ap10"].tolist() == [1] * 6
    assert sorted(found["a2t_top"][1, :2].tolist()) == [2, 3]
    assert found["a2t_r1"].tolist() == [0.5] * 3


def test_a_caption_never_speaks_for_its_clip():
    texts = ["bells ring", "a river flows", "children play", "an engine idles"]
    scores = oracle_scores(encoded(texts), np.array([0, 0, 1, 1]))
    # The other caption of each clip shares no word with it.
    assert scores[[0, 1], [0, 0]].abs().max() < 0.5
    assert scores[[2, 3], [1, 1]].abs().max() < 0.5


def test_scores_are_cosines_with_the_means_of_as_many_captions_of_each_clip():
    generator = torch.Generator().manual_seed(0)
    captions = torch.nn.functional.normalize(torch.randn(15, 6, generator=generator))
    clip = np.array([2, 0, 1, 1, 0, 2, 2, 0, 1, 1, 0, 2, 0, 1, 2])  # in any order
    scores = oracle_scores(captions, clip)
    by_clip = [np.flatnonzero(clip == one) for one in range(3)]
    for place, caption in enumerate(captions):
        k = by_clip[clip[place]].tolist().index(place)
        for one, members in enumerate(by_clip):
            mean = captions[np.delete(members, k)].mean(0)
            expected = torch.cosine_similarity(caption, mean, dim=0)
            torch.testing.assert_close(scores[place, one], expected)


@pytest.mark.parametrize(("clip", "told"), [([0, 0, 1], "1 or 2"), ([0, 1, 2], "have 1")])
def test_clips_with_one_caption_or_not_as_many_are_refused(clip, told):
    with pytest.raises(DataError, match=told):
        caption_oracle(torch.eye(3), np.array(clip))


def test_on_the_real_captions_it_finds_half_of_the_clips(real_data):
    with (real_data("clotho") / "evaluation_captions.csv").open(newline="") as file:
        _, *rows = csv.reader(file)
    clip = np.unique([name for name, *_ in rows], return_inverse=True)[1]
    found = caption_oracle(encoded([text for _, text, _ in rows]), clip)
    means = {name: round(float(values.mean()), 3) for name, values in found.items()}
    assert means["t2a_ap10"] == pytest.approx(0.453, abs=0.002)
    assert means["t2a_r1"] == pytest.approx(0.386, abs=0.002)
    assert means["t2a_r10"] == pytest.approx(0.599, abs=0.002)
    # Captions of a clip are hard or easy together: as independent they promise too much.
    assert half_width(found["t2a_ap10"], clip) == pytest.approx(0.0148, abs=2e-4)
    assert half_width(found["t2a_ap10"], np.arange(5225)) == pytest.approx(0.0123, abs=2e-4)
