"""The interval of a mean over queries, clustered by clip."""

import math

import numpy as np
import pytest
from scipy.stats import t

from experiments.retrieval.intervals import half_width


def test_with_one_query_a_clip_it_is_the_usual_one():
    values = np.random.default_rng(0).random(40)
    expected = t.ppf(0.975, 39) * values.std(ddof=1) / math.sqrt(40)
    assert half_width(values, np.arange(40)) == pytest.approx(expected)


def test_it_is_the_jackknife_over_clips_of_unequal_size():
    rng = np.random.default_rng(1)
    cluster = rng.permutation(np.repeat([4, 9, 11, 30, 31], [1, 5, 2, 7, 3]))
    values = rng.random(len(cluster))
    means = np.array([values[cluster != one].mean() for one in np.unique(cluster)])
    error = math.sqrt(4 / 5 * np.square(means - means.mean()).sum())
    assert half_width(values, cluster) == pytest.approx(t.ppf(0.975, 4) * error)


def test_captions_that_all_score_as_their_clip_does_tell_no_more_than_one():
    clips = np.random.default_rng(2).random(100)
    cluster = np.repeat(np.arange(100), 5)
    repeated = np.repeat(clips, 5)
    assert half_width(repeated, cluster) == pytest.approx(half_width(clips, np.arange(100)))
    as_if_independent = half_width(repeated, np.arange(500))
    assert half_width(repeated, cluster) > 2 * as_if_independent


def test_it_holds_the_true_mean_as_often_as_it_says():
    rng = np.random.default_rng(3)
    cluster = np.repeat(np.arange(30), 5)
    held = 0
    for _ in range(1000):
        values = np.repeat(rng.standard_normal(30), 5) + rng.standard_normal(150)
        held += abs(values.mean()) < half_width(values, cluster)
    assert 0.93 < held / 1000 < 0.97


def test_one_clip_alone_has_no_interval():
    assert math.isnan(half_width(np.array([0.1, 0.9]), np.array([3, 3])))
