"""Differences to published figures, and their test."""

import pytest
from scipy import stats

from core.plan import Plan
from export.layout import build
from export.page import compose
from export.published import PublishedRow

OURS = [0.54, 0.55, 0.59]


def table(gathered, runs=OURS, **published):
    given = {"figures": {"Sc": ("53.92", "0.71")}, "n": 10, **published}
    rows = [PublishedRow("P", "Paper", {"a": "1"}, **given)]
    return build(gathered(Plan("main", a=[1, 2]), Sc=[runs, 0.2], loss=[1.0, 2.0]), published=rows)


def difference(made):
    (line,) = [line for line in made.lines if line.published]
    assert line.cells[2].difference is None  # loss is not reported
    return line.cells[1].difference


def test_ours_less_the_published_figure_with_welchs_p(gathered):
    made = table(gathered)
    found = difference(made)
    ours = [100 * value for value in OURS]
    mean, std = sum(ours) / 3, stats.tstd(ours)
    p = stats.ttest_ind_from_stats(mean, std, 3, 53.92, 0.71, 10, equal_var=False).pvalue
    assert found.value == pytest.approx(2.08) and found.p == pytest.approx(p)
    assert (found.text, found.test) == ("+2.1", f"(p={p:.3f})")
    expected = "Below a published figure: ours − published, with p of Welch's t-test"
    assert any(note.text.startswith(expected) for note in made.notes)


def test_a_very_small_p_is_not_written_out(gathered):
    assert difference(table(gathered, [0.8, 0.81, 0.82])).test == "(p<0.001)"


@pytest.mark.parametrize("published", [{"n": None}, {"n": 1}, {"figures": {"Sc": ("53.92", "")}}])
def test_without_n_or_deviation_there_is_a_difference_and_no_test(gathered, published):
    made = table(gathered, **published)
    assert (difference(made).text, difference(made).test) == ("+2.1", "")
    assert any(note.text == "Below a published figure: ours − published." for note in made.notes)


def test_one_run_of_ours_is_not_tested(gathered):
    found = difference(table(gathered, [0.5]))
    assert (found.text, found.test) == ("−3.9", "")


@pytest.mark.parametrize("runs", ["failed", [float("nan")] * 3])
def test_without_a_number_of_ours_there_is_no_difference(gathered, runs):
    assert difference(table(gathered, runs)) is None


def test_what_cannot_be_compared_has_none(gathered):
    made = table(gathered, comparable=False, note="other split")
    assert difference(made) is None
    assert not any("ours −" in note.text for note in made.notes)


def test_rows_that_stand_under_none_of_ours_have_none(gathered):
    results = gathered(Plan("main", a=[1, 2]), Sc=[OURS, OURS])
    made = build(results, published=[PublishedRow("AST", "Paper", {}, {"Sc": ("62.4", "1.0")}, 5)])
    assert all(line.cells[1].difference is None for line in made.lines)


def test_the_difference_is_drawn_below_the_figure_its_point_below_the_other(gathered):
    runs = {run.text.strip(): run for run in compose(table(gathered)).runs}
    figure, below = runs["53.92"], runs["+2.1"]
    assert below.y > figure.y and below.style.size < figure.style.size
