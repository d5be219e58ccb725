"""The order of rows."""

import math
from dataclasses import replace

import pytest

from core.plan import Plan
from core.setting import Setting
from export.layout import build
from export.order import by_metric, by_published
from export.published import PublishedRow

PLAN = Plan("main", a=["x", "y"], b=[1, 2, 3])


def order(results):
    return [(row.setting.a, row.setting.b) for row in results.rows]


def test_the_best_come_first_and_what_is_missing_last(gathered):
    scores = ["to do", 0.2, 0.5, [math.nan] * 3, 0.9, 0.1]
    results = gathered(PLAN, Sc=scores, loss=[1.0, 6.0, 5.0, 4.0, 3.0, 2.0], seconds=[3.0] * 6)
    metric = results.experiment.metric
    assert order(by_metric(results, metric("Sc"))) == [
        *[("y", 2), ("x", 3), ("x", 2), ("y", 3)],
        *[("x", 1), ("y", 1)],
    ]
    assert order(by_metric(results, metric("loss")))[:2] == [("x", 1), ("y", 3)]
    assert order(by_metric(results, metric("seconds"))) == order(results)


def test_rows_may_stay_together(gathered):
    results = gathered(PLAN, Sc=[0.1, 0.3, 0.2, 0.9, 0.7, 0.8])
    found = by_metric(results, results.metrics[0], ["a"])
    assert order(found) == [("x", 2), ("x", 3), ("x", 1), ("y", 1), ("y", 3), ("y", 2)]


@pytest.mark.parametrize(("arrangement", "groups"), [("list", [4]), ("groups", [2, 2])])
def test_a_table_keeps_the_order_in_one_list_or_in_groups(gathered, arrangement, groups):
    results = gathered(Plan("main", a=["x", "y"], b=[1, 2], c=3), Sc=[0.1, 0.2, 0.4, 0.3])
    settings = [Setting({**row.setting, "c": i}) for i, row in enumerate(results.rows)]
    rows = [replace(row, setting=s) for row, s in zip(results.rows, settings, strict=True)]
    found = by_metric(replace(results, rows=rows), results.metrics[0])
    table = build(found, arrangement=arrangement)
    assert [line.cells[3].text for line in table.lines] == ["40.0", "30.0", "20.0", "10.0"]
    assert [len(group) for group in table.groups] == groups


def test_rows_that_do_not_come_together_make_no_groups(gathered):
    plan = Plan("main", a=["x", "y"], b=[1, 2], c=[3, 4])
    results = gathered(plan, Sc=[0.1, 0.9, 0.2, 0.8, 0.3, 0.7, 0.4, 0.6])
    table = build(by_metric(results, results.metrics[0]), arrangement="groups")
    assert len(table.groups) == 1 and not any(line.cells[0].repeated for line in table.lines)


def test_rows_follow_the_published_ones_that_describe_them(gathered):
    results = gathered(PLAN, Sc=[0.1] * 6)
    published = [
        PublishedRow("about all", "Paper"),
        PublishedRow("one", "Paper", {"a": "y", "b": "2"}),
        PublishedRow("some", "Paper", {"b": "3"}),
        PublishedRow("none", "Paper", {"b": "7"}),
    ]
    assert order(by_published(results, published)) == [
        *[("y", 2), ("x", 3), ("y", 3)],
        *[("x", 1), ("x", 2), ("y", 1)],
    ]
