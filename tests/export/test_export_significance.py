"""What is marked as not significantly worse than the best, and what is said of it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import experiment, said
from scipy import stats

from core.metric import Metric
from core.plan import Plan
from core.results import Cell, Results, Row
from export.layout import build
from export.page import UNDERLINE, compose
from export.published import PublishedRow

GOOD = [0.60, 0.62, 0.61, 0.63]
NEAR = [0.59, 0.625, 0.60, 0.632]  # a little below GOOD, above it twice
BAD = [0.40, 0.42, 0.43, 0.41]


def close(table, place=1):
    return [line.cells[place].close for line in table.lines]


def drawn(rows, higher_is_better=True, **options):
    """Build a table of rows of runs, one metric."""
    metric = Metric("m", "score", float, higher_is_better=higher_is_better, precision=4)
    plan = Plan("main", a=list(range(len(rows))))
    toy = experiment([plan], [metric], replicates={"run": range(4)})
    found = [
        Row(setting, {"m": Cell({f"run={i}": v for i, v in enumerate(runs)}, len(runs))})
        for setting, runs in zip(
            dict.fromkeys(s.without({"run"}) for s in toy.select()), rows, strict=True
        )
    ]
    return build(Results(toy, [metric], found), **options)


def test_what_is_not_significantly_worse_is_marked(gathered):
    table = build(gathered(Plan("main", a=[1, 2, 3]), Sc=[GOOD, NEAR, BAD]))
    assert stats.ttest_rel(GOOD, NEAR).pvalue > 0.05 > 2 * stats.ttest_rel(GOOD, BAD).pvalue
    assert close(table) == [False, True, False]
    expected = "(paired t-test, n = 4, Holm's correction, α=0.05)."
    assert f"Underlined: not significantly worse than the best {expected}" in said(table)


def test_the_level_is_the_one_asked_for():
    p = stats.ttest_rel(GOOD, NEAR).pvalue
    assert close(drawn([GOOD, NEAR], alpha=p * 0.99)) == [False, True]
    table = drawn([GOOD, NEAR], alpha=p * 1.01)
    assert close(table) == [False, False]
    assert "All others are significantly worse than the best (paired t-test" in said(table)


def test_holm_counts_the_comparisons_of_a_group():
    other = [0.590, 0.600, 0.595, 0.625]
    p = stats.ttest_rel(GOOD, other).pvalue
    assert 0.05 / 3 < p < 0.05
    assert close(drawn([GOOD, other])) == [False, False]
    assert close(drawn([GOOD, other, other, NEAR])) == [False, True, True, True]


def test_runs_of_other_replicates_do_not_pair(gathered):
    other = Cell({f"run={i + 1}": v for i, v in enumerate(NEAR)}, 4)
    welch = stats.ttest_ind(GOOD, NEAR, equal_var=False).pvalue
    options = {"alpha": welch * 1.01}
    table = build(gathered(Plan("main", a=[1, 2]), Sc=[GOOD, other]), **options)
    assert close(table) == [False, False] and "(Welch's t-test, n = 4" in said(table)
    both = build(gathered(Plan("main", a=[1, 2, 3]), Sc=[GOOD, other, BAD]), **options)
    assert "(paired t-test, Welch's t-test where runs do not pair, n = 4" in said(both)


def test_a_missing_run_or_nan_leaves_a_test_without_pairs(gathered):
    for runs in ([0.59, 0.62, 0.60], [0.59, 0.62, 0.60, math.nan]):
        table = build(gathered(Plan("main", a=[1, 2]), Sc=[GOOD, runs]))
        assert close(table) == [False, True] and "Welch's t-test, n = 3 to 4" in said(table)


def test_each_group_and_metric_has_its_own_best_and_direction(gathered):
    plan = Plan("main", a=["x", "y"], b=[1, 2], c=[1, 2])
    runs = [GOOD, NEAR, BAD, BAD]
    results = gathered(plan, Sc=[*runs, *runs[::-1]], loss=[*runs, *runs[::-1]], seconds=[GOOD] * 8)
    table = build(results)
    assert close(table, 3) == [False, True, False, False, False, False, True, False]
    assert close(table, 4) == [False] * 8  # both lowest show the same: they tie in bold
    assert close(table, 5) == [False] * 8


def test_wilcoxon_is_used_on_request():
    table = drawn([GOOD, BAD], test="wilcoxon")
    # Four pairs cannot give less than p = 2/16.
    assert close(table) == [False, True] and "Wilcoxon's signed-rank test, n = 4" in said(table)


def test_no_test_marks_and_says_nothing():
    table = drawn([GOOD, NEAR], test="none")
    assert close(table) == [False, False] and "worse" not in said(table)


def test_single_runs_are_not_tested_and_that_is_said():
    table = drawn([[0.5], [0.4]])
    assert close(table) == [False, False] and "Not tested: one run" in said(table)
    table = drawn([GOOD, NEAR, [0.6]])
    assert close(table) == [False, True, False]
    assert "α=0.05); single runs are not tested." in said(table)


def test_a_run_without_end_is_never_taken_for_close():
    table = drawn([GOOD, [*BAD[:3], math.inf]], cells="median")
    assert emphasis(table) == [(True, False), (False, False)]


@pytest.mark.parametrize("rows", [[GOOD], [GOOD, [math.nan] * 4], [[0.5] * 4] * 3])
def test_where_nothing_can_be_worse_nothing_is_said(rows):
    table = drawn(rows)
    assert not any(close(table)) and "worse" not in said(table) and "ested" not in said(table)


def test_published_rows_take_no_part(gathered):
    results = gathered(Plan("main", a=[1, 2]), Sc=[GOOD, BAD])
    published = [PublishedRow("P", "Paper", {"a": "2"}, {"Sc": ("61.0", "1.0")}, 4)]
    table = build(results, published=published)
    assert close(table) == [False, False, False]


def test_the_mark_is_a_line_under_the_number_on_the_page():
    table = drawn([GOOD, NEAR, BAD])
    page = compose(table)
    (text,) = [line.cells[1].text for line in table.lines if line.cells[1].close]
    (rule,) = [rule for rule in page.rules if rule.weight == UNDERLINE]
    (run,) = [run for run in page.runs if run.text == text]
    assert rule.x == run.x and 0 < rule.y - run.y < 3


# Means of four whole numbers are exact at four decimals, and so are their doubles.
RUNS = st.lists(st.integers(-20, 20).map(float), min_size=4, max_size=4)
ROWS = st.lists(RUNS, min_size=1, max_size=5)


def emphasis(table):
    return [(line.cells[1].bold, line.cells[1].close) for line in table.lines]


@given(ROWS, st.booleans(), st.sampled_from(["t", "wilcoxon"]))
def test_the_best_is_bold_and_nothing_better_than_it_is_marked(rows, higher_is_better, test):
    table = drawn(rows, higher_is_better, test=test)
    means = [line.cells[1].mean for line in table.lines]
    best = max(means) if higher_is_better else min(means)
    for mean, (bold, marked) in zip(means, emphasis(table), strict=True):
        assert bold == (len({*means}) > 1 and mean == best)
        assert not (bold and marked)


@given(ROWS, st.booleans(), st.sampled_from([0.5, 2.0, 8.0]))
def test_scaling_changes_nothing_nor_does_turning_round(rows, higher_is_better, scale):
    expected = emphasis(drawn(rows, higher_is_better))
    scaled = [[scale * 2 * value for value in runs] for runs in rows]
    turned = [[-value for value in runs] for runs in rows]
    assert emphasis(drawn(scaled, higher_is_better)) == expected
    assert emphasis(drawn(turned, not higher_is_better)) == expected
