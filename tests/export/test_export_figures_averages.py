"""Mean and spread over runs, with runs that are short or lack values."""

import numpy as np
import pytest
from scipy import stats

from core.errors import UnknownName
from export.figures.averages import average, check_spread, stacked


def test_mean_and_sample_std():
    mean, std = average(np.array([[1.0, 10.0], [3.0, 14.0]]))
    assert mean == pytest.approx([2, 12])
    assert std == pytest.approx(np.std([[1, 10], [3, 14]], axis=0, ddof=1))


def test_the_interval_is_students():
    values = np.array([1.0, 2.0, 4.0, 5.0])
    mean, half = average(values, "interval")
    low, high = stats.t.interval(0.95, 3, values.mean(), stats.sem(values))
    assert (mean - half, mean + half) == pytest.approx((low, high))


def test_nan_is_no_value_and_one_value_has_no_spread():
    runs = stacked([np.array([1.0, np.nan, 5.0]), np.array([3.0, np.nan])])
    mean, std = average(runs)
    np.testing.assert_allclose(mean, [2, np.nan, 5])
    np.testing.assert_allclose(std, [np.sqrt(2), np.nan, 0])


def test_an_unknown_spread_names_the_nearest():
    with pytest.raises(UnknownName, match="did you mean 'interval'"):
        check_spread("intervall")
