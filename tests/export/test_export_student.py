"""Student's t, against scipy.stats."""

import numpy as np
import pytest
from scipy import stats

from export.student import moments, paired_t, quantile, welch_t


def samples(runs, seed):
    """Samples (50, runs) of many magnitudes."""
    generator = np.random.default_rng(seed)
    return generator.normal(size=(50, runs)) * generator.lognormal(0, 5, (50, 1))


@pytest.mark.parametrize(("one", "other"), [(2, 2), (3, 7), (10, 10), (50, 2)])
def test_welchs_test_agrees_with_scipy(one, other):
    first, second = samples(one, 0), samples(other, 1)
    expected = stats.ttest_ind(first, second, axis=1, equal_var=False).pvalue
    assert welch_t(moments(first), moments(second)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("runs", [2, 3, 10])
def test_the_paired_test_agrees_with_scipy(runs):
    first, second = samples(runs, 0), samples(runs, 1)
    expected = stats.ttest_rel(first, second, axis=1).pvalue
    assert paired_t(first, second) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("freedom", [1, 2, 9, 400])
def test_the_quantile_agrees_with_scipy(freedom):
    assert quantile(0.95, freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-12)


def test_vast_and_tiny_numbers_have_an_answer():
    runs = np.array([[1.0, 2.0, 3.0]])
    for scale in (1e200, 1e-200):  # whose variance is infinite, or 0
        found = welch_t(moments(scale * runs), moments(-scale * runs))
        assert ((found >= 0) & (found <= 1)).all()
