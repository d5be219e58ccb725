"""Tests of samples against worked examples of textbooks, as R prints them."""

import math

import pytest

from core.errors import ConfigError, UnknownName
from export.testing import TESTS, Comparison, check_alpha, find_test, holm, p_values, welch

# Student's sleep data: hours gained by ten patients under two drugs (R's `sleep`).
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
# Hollander & Wolfe (1973): depression factors (R's ?wilcox.test).
BEFORE = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
AFTER = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
# The same: permeability of a membrane at two ages.
TERM = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
EARLY = [1.15, 0.88, 0.90, 0.74, 1.21]


def sample(values, first=0):
    return {f"run={first + i}": value for i, value in enumerate(values)}


@pytest.mark.parametrize(
    ("name", "one", "other", "paired", "p"),
    [
        ("t", FIRST, SECOND, True, 0.002833),
        ("t", FIRST, SECOND, False, 0.07939),
        ("welch", FIRST, SECOND, True, 0.07939),
        ("wilcoxon", FIRST, SECOND, True, 0.009091),  # with a zero and a tie: normal approximation
        ("wilcoxon", BEFORE, AFTER, True, 0.03906),  # exact
        ("wilcoxon", TERM, EARLY, False, 0.2544),
    ],
)
def test_each_test_gives_the_p_of_its_textbook(name, one, other, paired, p):
    comparison = Comparison(sample(one), sample(other, first=0 if paired else 100))
    assert comparison.paired is paired
    assert p_values([comparison], TESTS[name]) == [pytest.approx(p, rel=1e-3)]


def test_runs_pair_by_their_replicate_whatever_their_order():
    turned = dict(reversed(sample(SECOND).items()))
    assert p_values([Comparison(sample(FIRST), turned)], TESTS["t"]) == [
        pytest.approx(0.002833, rel=1e-3)
    ]


def test_comparisons_of_many_shapes_are_each_answered_in_their_place():
    comparisons = [
        Comparison(sample(FIRST), sample(SECOND)),
        Comparison(sample(FIRST[:4]), sample(SECOND)),
        Comparison(sample(SECOND), sample(FIRST, first=100)),
        Comparison(sample(FIRST), sample(SECOND)),
    ]
    together = p_values(comparisons, TESTS["t"])
    assert together == [p_values([c], TESTS["t"])[0] for c in comparisons]
    assert together[0] == together[3] < together[2]
    assert p_values([], TESTS["t"]) == []


@pytest.mark.parametrize("name", TESTS)
@pytest.mark.parametrize("first", [0, 100])
def test_runs_without_spread_are_told_apart_by_t_and_equal_ones_never(name, first):
    apart = Comparison(sample([0.5] * 3), sample([0.4] * 3, first))
    equal = Comparison(sample([0.5] * 3), sample([0.5] * 3, first))
    different, same = p_values([apart, equal], TESTS[name])
    assert same == 1
    assert different < 1e-6 if name != "wilcoxon" else different < 0.2


def test_holm_corrects_as_in_the_worked_example():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.4, 0.9]) == pytest.approx([0.8, 0.9])
    assert holm([]) == []


def test_welch_from_mean_deviation_and_n_agrees_with_the_runs():
    # Means 0.75 and 2.33, deviations 1.789010 and 2.002249, of the sleep data.
    p = welch((0.75, 1.789010, 10), (2.33, 2.002249, 10))
    assert p == pytest.approx(0.07939, rel=1e-3)


@pytest.mark.parametrize("other", [(1, 0.5, 1), (1, 0.5, 0), (1, math.nan, 5)])
def test_welch_has_no_answer_without_n_or_deviation(other):
    assert math.isnan(welch((0.5, 0.1, 5), other))
    assert math.isnan(welch((0.5, 0, 5), (0.6, 0, 5)))


def test_an_unknown_test_or_level_is_refused():
    with pytest.raises(UnknownName, match=r"'wilcoxn'; did you mean 'wilcoxon'\? .*none"):
        find_test("wilcoxn")
    for alpha in (0, 1, 5, math.nan):
        with pytest.raises(ConfigError, match="it must lie between 0 and 1"):
            check_alpha(alpha)
