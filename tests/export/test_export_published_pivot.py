"""Published rows beside a pivoted table."""

import pytest

from core.plan import Plan
from export.layout import build
from export.pivot import pivot
from export.published import PublishedRow
from export.published_pivot import pivot_published

PLAN = Plan("main", net=["p", "q"], method=["ce", "scl"])


def row(name, method, score, **more):
    factors = {"net": "p", "method": method, **more.pop("factors", {})}
    return PublishedRow(name, "Paper", factors, {"Sc": (score, "1.0")}, 3, **more)


@pytest.fixture
def pivoted(gathered):
    runs = [[x - 0.01, x, x + 0.01] for x in (0.5, 0.6, 0.7, 0.8)]
    return pivot(gathered(PLAN, Sc=runs), ["method"])


def test_figures_stand_in_their_columns_with_their_difference(pivoted):
    rows = [row("P, CE", "ce", "52.0"), row("P, SCL", "scl", "59.5")]
    table = build(pivoted, published=pivot_published(rows, pivoted))
    ours, cited, _ = table.lines
    assert (ours.published, cited.published, cited.under) == (False, True, True)
    assert cited.label.text == "P"
    assert [cell.text for cell in cited.cells[1:]] == ["52.0", "59.5"]
    assert [cell.difference.text for cell in cited.cells[1:]] == ["−2.0", "+0.5"]


def test_rows_that_have_nothing_in_common_keep_their_names(pivoted):
    rows = [row("one", "ce", "52.0"), row("two", "scl", "59.5")]
    assert [found.name for found in pivot_published(rows, pivoted)] == ["one / two"]


def test_figures_of_one_column_are_not_joined(pivoted):
    rows = [row("one", "ce", "52.0"), row("two", "ce", "59.5")]
    assert [found.name for found in pivot_published(rows, pivoted)] == ["one", "two"]


@pytest.mark.parametrize(
    "other",
    [
        row("other", "scl", "1.0", comparable=False, note="two-class"),
        row("other", "scl", "1.0", factors={"net": "q"}),
        row("other", "scl", "1.0", selection="last epoch"),
    ],
)
def test_what_is_said_of_rows_keeps_them_apart(pivoted, other):
    assert len(pivot_published([row("one", "ce", "52.0"), other], pivoted)) == 2


def test_rows_that_do_not_state_the_condition_are_left_out(pivoted):
    rows = [
        PublishedRow("any method", "Paper", {"net": "p"}, {"Sc": ("1.0", "")}),
        row("another method", "hybrid", "1.0"),
        row("another net", "ce", "1.0", factors={"net": "r"}),
    ]
    assert pivot_published(rows, pivoted) == []
