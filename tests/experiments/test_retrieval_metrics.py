"""Rankings and what is measured of them."""

import csv
from collections import defaultdict

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import average_precision_score

from core.errors import DataError
from experiments.retrieval import metrics
from experiments.retrieval.metrics import both_directions, measure, products, top_items
from experiments.retrieval.relevance import relevance


def pairs(*answers, items):
    """Give the relevance of lists of items, one for each query."""
    query = np.repeat(np.arange(len(answers)), [len(answer) for answer in answers])
    return relevance(query, np.concatenate(answers), len(answers), items)


def vectors(count, size=8, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.nn.functional.normalize(torch.randn(count, size, generator=generator))


def test_one_relevant_item_scores_the_inverse_of_its_rank():
    top = np.tile(np.arange(16), (4, 1))
    found = measure(top, pairs([0], [4], [9], [12], items=40))
    np.testing.assert_allclose(found["ap10"], [1, 1 / 5, 1 / 10, 0])
    np.testing.assert_allclose(found["ap16"], [1, 1 / 5, 1 / 10, 1 / 13])
    assert [found[name].tolist() for name in ("r1", "r5", "r10")] == [
        [1, 0, 0, 0],
        [1, 1, 0, 0],
        [1, 1, 1, 0],
    ]


def test_several_relevant_items_share_the_score():
    top = np.array([[3, 8, 1, 0, 2, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15]])
    found = measure(top, pairs([3, 1, 4, 11, 30], items=40))
    precision = [1 / 1, 2 / 3, 3 / 6]  # at ranks 1, 3 and 6
    assert found["ap10"] == pytest.approx(sum(precision) / 5)
    assert found["ap16"] == pytest.approx((sum(precision) + 4 / 12) / 5)
    assert [float(found[name][0]) for name in ("r1", "r5", "r10")] == [0.2, 0.4, 0.6]


def test_a_clip_with_five_captions_has_at_most_a_fifth_of_them_first():
    clips = vectors(20)
    clip = np.repeat(np.arange(20), 5)
    found = both_directions(clips[torch.from_numpy(clip)], clips, clip)
    assert found["a2t_r1"].tolist() == [0.2] * 20
    assert found["a2t_ap10"].tolist() == found["a2t_r5"].tolist() == [1] * 20
    assert found["t2a_ap10"].tolist() == found["t2a_r1"].tolist() == [1] * 100


def test_where_all_items_are_ranked_ap_is_that_of_the_whole_ranking():
    rng = np.random.default_rng(0)
    scores, right = rng.random((30, 9)), rng.random((30, 9)) < 0.3
    right[:, 2] = True
    found = measure(top_items([torch.from_numpy(scores)]), relevance(*right.nonzero(), 30, 9))
    expected = [average_precision_score(*both) for both in zip(right, scores, strict=True)]
    np.testing.assert_allclose(found["ap10"], expected)
    assert found["ap16"].tolist() == found["ap10"].tolist()
    assert found["r10"].tolist() == [1] * 30


def test_what_lies_deeper_than_the_ranking_is_left_out():
    found = measure(np.arange(10)[None], pairs([3], items=40))
    assert set(found) == {"ap10", "r1", "r5", "r10"}


def test_pairs_may_come_in_any_order_and_twice():
    given_twice = relevance(np.array([1, 0, 1, 0]), np.array([7, 5, 7, 3]), 2, 40)
    assert given_twice.counts.tolist() == [2, 1]
    top = np.array([[3, 5], [5, 7]])
    assert given_twice.hits(top).tolist() == [[True, True], [False, True]]


def test_a_query_without_anything_relevant_is_refused():
    with pytest.raises(DataError, match=r"nothing is relevant to 1 of 3 queries.* 1; leave them"):
        relevance(np.array([0, 2]), np.array([1, 1]), 3, 5)


@given(
    scores=arrays(np.float32, st.tuples(st.integers(1, 6), st.integers(1, 60)),
                  elements=st.sampled_from([-1.0, 0.0, 0.5, 2.0])),
    depth=st.integers(1, 20),
)  # fmt: skip
def test_of_equal_scores_the_first_item_is_ranked_first(scores, depth):
    expected = np.argsort(-scores, axis=1, kind="stable")[:, :depth]
    np.testing.assert_array_equal(top_items([torch.from_numpy(scores)], depth), expected)


def test_a_tie_at_the_end_of_the_ranking_is_broken_too():
    scores = torch.zeros(3, 1000)
    scores[0, 500], scores[1, 7:22] = 1, 1
    top = top_items([scores])
    assert top[0].tolist() == [500, *range(15)]
    assert top[1].tolist() == [*range(7, 22), 0]
    assert top[2].tolist() == [*range(16)]


def test_equal_vectors_tie_wherever_they_stand():
    clips = vectors(200, size=300)
    clips[[40, 150, 199]] = clips[3].clone()
    top = top_items(products(clips[[3, 40, 150]], clips))
    assert top[:, :4].tolist() == [[3, 40, 150, 199]] * 3


def test_blocks_do_not_change_the_ranking(monkeypatch):
    captions, clips, clip = vectors(150), vectors(30, seed=1), np.repeat(np.arange(30), 5)
    whole = both_directions(captions, clips, clip)
    monkeypatch.setattr(metrics, "SCORES", 1000)
    assert [block.numel() for block in products(captions, clips)][:-1] == [990] * 4
    for name, values in both_directions(captions, clips, clip).items():
        np.testing.assert_array_equal(values, whole[name], name)


def test_the_train_split_is_never_in_memory_at_once():
    rows = metrics.rows_at_once(19_195)
    assert rows * 19_195 <= metrics.SCORES and rows > 100
    assert metrics.rows_at_once(metrics.SCORES + 1) == 1


def test_the_answers_of_the_2022_baseline_score_as_published(real_data):
    folder = real_data("retrieval-2022-baseline")
    answers, truth = (read(folder / f"test.{name}.csv") for name in ("output", "gt"))
    place = {fname: index for index, (fname, *_) in enumerate(truth)}
    described = defaultdict(list)
    for fname, *captions in truth:
        for caption in captions:
            described[caption].append(place[fname])
    top = np.array([[place[fname] for fname in fnames] for _, *fnames in answers])
    found = measure(top, pairs(*(described[caption] for caption, *_ in answers), items=len(truth)))
    assert len(found["ap10"]) == 5225
    means = [round(float(found[name].mean()), 2) for name in ("r1", "r5", "r10", "ap10")]
    assert means == [0.03, 0.11, 0.19, 0.07]


def read(path):
    """Read the rows of a table."""
    with path.open(newline="", encoding="utf-8") as file:
        return [*csv.reader(file)][1:]


def test_vectors_that_are_not_finite_are_refused():
    captions, clips = vectors(10), vectors(2)
    clips[1, 3] = torch.nan
    with pytest.raises(DataError, match="not finite"):
        both_directions(captions, clips, np.repeat([0, 1], 5))
