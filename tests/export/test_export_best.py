"""The best setting of each group, by a metric that may not be shown."""

import math
from dataclasses import replace

import pytest

from core.errors import ConfigError, UnknownName
from core.plan import Factor, Plan
from export.best import best
from export.layout import build
from export.pivot import pivot

PLAN = Plan("main", method=["ce", "scl"], lr=[1, 2], width=[8, 16])
SCORES = [0.1, 0.2, 0.4, 0.3, 0.8, 0.5, 0.6, 0.7]
LOSSES = [4.0, 1.0, 3.0, 2.0, 4.0, 3.0, 2.0, 1.0]


def chosen(found):
    return [dict(row.setting) for row in found.results.rows]


def by(results, name, *arguments):
    return best(results, results.experiment.metric(name), *arguments)


def test_the_best_of_each_modality_of_the_first_factor_that_varies(gathered):
    found = by(gathered(PLAN, Sc=SCORES), "Sc")
    assert chosen(found) == [
        {"method": "ce", "lr": 2, "width": 8},
        {"method": "scl", "lr": 1, "width": 8},
    ]
    assert (found.per, found.chosen) == (["method"], ["lr", "width"])
    assert found.note == "For each method: best of 4 settings by Sc, the mean over its runs."


def test_lower_is_better_where_the_metric_says_so(gathered):
    found = by(gathered(PLAN, Sc=SCORES, loss=LOSSES), "loss")
    assert [(row["lr"], row["width"]) for row in chosen(found)] == [(1, 16), (2, 16)]


def test_the_metric_need_not_be_shown_and_what_was_chosen_is(gathered):
    results = gathered(PLAN, Sc=SCORES, loss=LOSSES)
    found = by(results, "loss")
    shown = replace(found.results, metrics=results.metrics[:1])
    table = build(shown, chosen=found.chosen, remarks=[found.note])
    # Both have width 16: it was chosen all the same, and is no constant.
    assert [c.title for c in table.columns] == ["method", "lr", "width", "Sc (%) ↑"]
    assert [line.cells[3].text for line in table.lines] == ["20.0", "70.0"]
    assert table.notes[0].text == found.note and "width" not in table.constants


def test_groups_of_several_factors(gathered):
    found = by(gathered(PLAN, Sc=SCORES), "Sc", ["lr", "method"])
    assert [row["width"] for row in chosen(found)] == [16, 8, 8, 16]
    assert found.note.startswith("For each lr and method: best of 2 settings")


def test_groups_of_different_size_and_missing_results_are_told(gathered):
    plan = Plan("main", method=["ce", "scl"], t=Factor([1, 2, 3], when={"method": "scl"}))
    found = by(gathered(plan, Sc=[0.1, 0.2, "failed", 0.4]), "Sc")
    assert [row.get("t") for row in chosen(found)] == [None, 3]
    told = "For each method: best of 1 to 2 settings by Sc, the mean over its runs; 1 without a"
    assert found.note.startswith(told)


def test_a_group_without_a_number_has_no_choice(gathered):
    scores = [[math.nan] * 3, "failed", "to do", "to do", *SCORES[4:]]
    table_of = by(gathered(PLAN, Sc=scores, loss=LOSSES), "Sc")
    first = table_of.results.rows[0]
    assert dict(first.setting) == {"method": "ce"}
    table = build(table_of.results, chosen=table_of.chosen)
    # The loss is that of no chosen setting.
    assert [cell.text for cell in next(table.lines).cells] == ["ce", "–", "–", "nan", "–"]


def test_the_first_of_equals_is_chosen(gathered):
    found = by(gathered(PLAN, Sc=[0.5] * 8), "Sc")
    assert [(row["lr"], row["width"]) for row in chosen(found)] == [(1, 8), (1, 8)]


def test_in_a_pivot_each_cell_has_its_own_choice(gathered):
    found = by(gathered(PLAN, Sc=SCORES), "Sc", ["method"], ["width"])
    assert chosen(found) == [{"method": m, "width": w} for m in ("ce", "scl") for w in (8, 16)]
    assert not found.chosen
    table = build(pivot(found.results, ["width"]))
    assert [[c.text for c in line.cells] for line in table.lines] == [
        ["ce", "40.0", "30.0"],
        ["scl", "80.0", "70.0"],
    ]


def test_one_setting_is_its_own_best(gathered):
    found = by(gathered(Plan("main", method="ce"), Sc=[0.5]), "Sc")
    assert len(found.results.rows) == 1 and found.note.startswith("Best of 1 setting by Sc")


def test_what_cannot_be_chosen_by_is_refused(gathered):
    results = gathered(PLAN, Sc=SCORES, seconds=[1.0] * 8)
    with pytest.raises(ConfigError, match="'seconds' has no direction"):
        by(results, "seconds")
    with pytest.raises(UnknownName, match="did you mean 'method'"):
        by(results, "Sc", ["metod"])


def test_a_factor_of_the_pivot_is_no_group_of_rows(gathered):
    found = by(gathered(PLAN, Sc=SCORES), "Sc", ["width"], ["width"])
    assert chosen(found) == [{"width": 8}, {"width": 16}]
    assert found.note.startswith("For each width: best of 4 settings")
