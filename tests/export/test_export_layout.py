"""Tables: columns, order, groups, best in bold, marks and footnotes."""

import math

import pytest
from made import said, texts

from core.errors import ConfigError, SelectorError, UnknownName
from core.metric import Metric
from core.plan import Factor, Plan
from core.results import Cell, Results, Row
from export.layout import build


def bold(table, place):
    return [line.cells[place].bold for line in table.lines]


def test_factors_that_vary_are_columns_and_the_others_go_to_the_caption(gathered):
    plan = Plan("main", backbone=["cnn6", "cnn14"], init="scratch", lr=[1e-4, 1e-3])
    table = build(gathered(plan, Sc=[0.1, 0.2, 0.3, 0.4], defaults={"epochs": 400}))
    assert [c.title for c in table.columns] == ["backbone", "lr", "Sc (%) ↑"]
    assert [c.kind for c in table.columns] == ["factor", "factor", "metric"]
    assert [c.align for c in table.columns] == ["left", "right", "decimal"]
    assert table.constants == {"init": "scratch", "epochs": 400}
    assert table.caption == "init=scratch, epochs=400"
    assert table.title == "A toy"
    assert texts(table, 1) == ["0.0001", "0.001", "0.0001", "0.001"]


def test_a_number_is_mean_and_deviation_at_the_precision_and_scale_of_its_metric(gathered):
    table = build(gathered(Plan("main", a=["x", "y"]), Sc=[[0.54, 0.55, 0.56], 0.2]))
    cell = next(table.lines).cells[1]
    assert (cell.text, cell.std, cell.count) == ("55.0", "1.0", "")
    assert cell.mean == pytest.approx(55) and cell.deviation == pytest.approx(1) and cell.n == 3
    assert "Mean ± standard deviation over run (n = 3); best in bold." in said(table)


def test_negative_numbers_have_a_true_minus_and_zero_has_none(gathered):
    table = build(gathered(Plan("main", a=["x", "y"]), loss=[-1.5, -0.001]))
    assert texts(table, 1) == ["−1.50", "0.00"]


def test_order_puts_factors_first_and_rows_follow(gathered):
    plan = Plan("main", a=["x", "y"], b=[2, 1])
    table = build(gathered(plan, Sc=[0.1, 0.2, 0.3, 0.4]), order=["b"])
    assert [c.name for c in table.columns] == ["b", "a", "Sc"]
    assert list(zip(texts(table, 0), texts(table, 1), strict=True)) == [
        ("2", "x"),
        ("2", "y"),
        ("1", "x"),
        ("1", "y"),
    ]
    with pytest.raises(UnknownName, match="did you mean 'a'"):
        build(gathered(plan, Sc=[0.1] * 4), order=["A"])


def test_plans_that_meet_in_a_factor_share_its_group(gathered):
    plans = [
        Plan("one", net=["p", "q"], init="none", lr=[1, 2]),
        Plan("two", net=["p", "q"], init="some", lr=[3, 4]),
    ]
    table = build(gathered(*plans, Sc=[i / 10 for i in range(8)]))
    assert [len(group) for group in table.groups] == [4, 4]
    assert [c.repeated for c in (line.cells[0] for line in table.lines)] == [
        *(False, True, True, True),
        *(False, True, True, True),
    ]


def test_two_varying_factors_make_one_group(gathered):
    table = build(gathered(Plan("main", a=["x", "y"], b=[1, 2]), Sc=[0.1, 0.2, 0.3, 0.4]))
    assert len(table.groups) == 1
    assert bold(table, 2) == [False, False, False, True]


def test_a_first_factor_that_differs_in_every_row_makes_no_groups(gathered):
    plans = [Plan(f"p{i}", a=i, b=i * 10, c=i * 100) for i in range(3)]
    table = build(gathered(*plans, Sc=[0.1, 0.2, 0.3]))
    assert len(table.groups) == 1 and not any(line.cells[0].repeated for line in table.lines)


def test_the_best_of_each_group_is_bold_by_the_direction_of_its_own_column(gathered):
    plan = Plan("main", a=["x", "y"], b=[1, 2], c=[1, 2])
    table = build(
        gathered(
            plan,
            seconds=[9, 8, 7, 6, 5, 4, 3, 2],
            Sc=[0.1, 0.4, 0.3, 0.2, 0.9, 0.5, 0.6, 0.7],
            loss=[4, 3, 2, 1, 1, 2, 3, 4],
        )
    )
    assert [c.name for c in table.columns[3:]] == ["Sc", "loss", "seconds"]
    assert [i for i, is_bold in enumerate(bold(table, 3)) if is_bold] == [1, 4]
    assert [i for i, is_bold in enumerate(bold(table, 4)) if is_bold] == [3, 4]
    assert not any(bold(table, 5))
    assert "best of each group in bold" in said(table)


@pytest.mark.parametrize("first", ["seconds", "Sc", "loss"])
def test_a_metric_without_direction_never_moves_the_bold_of_another(gathered, first):
    results = gathered(Plan("main", a=[1, 2]), Sc=[0.1, 0.2], loss=[1, 2], seconds=[2, 1])
    ordered = sorted(results.metrics, key=lambda metric: metric.name != first)
    table = build(Results(results.experiment, ordered, results.rows))
    found = {c.name: bold(table, i) for i, c in enumerate(table.columns) if c.metric}
    assert found == {"Sc": [False, True], "loss": [True, False], "seconds": [False, False]}


def test_what_shows_the_same_ties(gathered):
    table = build(gathered(Plan("main", a=[1, 2, 3]), Sc=[0.50004, 0.49996, 0.4]))
    assert bold(table, 1) == [True, True, False]


def test_where_all_tie_none_is_the_best(gathered):
    table = build(gathered(Plan("main", a=[1, 2, 3]), Sc=[0.5, 0.5, 0.50004]))
    assert bold(table, 1) == [False] * 3
    assert "bold" not in said(table) and "worse" not in said(table)


def test_one_value_is_not_the_best_of_anything(gathered):
    table = build(gathered(Plan("main", a=[1, 2, 3]), Sc=[0.5, "failed", [math.nan] * 3]))
    assert bold(table, 1) == [False, False, False]
    assert "bold" not in said(table)


def test_infinite_and_missing_numbers_are_never_best(gathered):
    table = build(gathered(Plan("main", a=[1, 2, 3, 4]), Sc=[math.inf, 0.1, 0.2, "to do"]))
    assert bold(table, 1) == [False, False, True, False]
    assert texts(table, 1)[0] == "inf" and next(table.lines).cells[1].std == ""


@pytest.mark.parametrize(
    ("state", "mark", "meaning"),
    [
        ("failed", "✗", "failed"),
        ("damaged", "?", "record damaged"),
        ("stale", "⊘", "interrupted"),
        ("running", "▸", "running"),
        ("queued", "…", "queued"),
        ("waiting", "…", "not computed yet"),
        ("to do", "…", "not computed yet"),
    ],
)
def test_a_missing_cell_shows_why_and_only_what_occurs_is_explained(gathered, state, mark, meaning):
    table = build(gathered(Plan("main", a=[1, 2]), Sc=[state, 0.5]))
    cell = next(table.lines).cells[1]
    assert (cell.text, cell.state) == (mark, state) and math.isnan(cell.mean)
    assert [note.text for note in table.notes if mark in note.text] == [f"{mark} {meaning}"]


def test_states_that_share_a_mark_are_explained_together(gathered):
    table = build(gathered(Plan("main", a=[1, 2, 3]), Sc=["to do", "queued", 0.5]))
    assert "… queued or not computed yet" in said(table)


def test_of_several_missing_replicates_the_most_urgent_is_shown(gathered):
    states = {"run=0": "to do", "run=1": "failed", "run=2": "running"}
    table = build(gathered(Plan("main", a=[1, 2]), Sc=[Cell(planned=3, missing=states), 0.5]))
    assert texts(table, 1) == ["✗", "50.0"]


def test_n_is_shown_where_it_is_not_as_planned(gathered):
    table = build(gathered(Plan("main", a=[1, 2, 3]), Sc=[[0.5, 0.7], [0.5], 0.1]))
    cells = [line.cells[1] for line in table.lines]
    assert [(c.text, c.std, c.count) for c in cells] == [
        ("60.0", "14.1", "(n=2)"),
        ("50.0", "", "(n=1)"),
        ("10.0", "0.0", ""),
    ]
    assert "(n=k) over k replicates, not 3" in said(table)


def test_nan_is_left_out_of_the_mean_and_shown_where_it_is_all_there_is(gathered):
    runs = [[math.nan, 0.2, 0.4], [math.nan] * 3, 0.1]
    table = build(gathered(Plan("main", a=[1, 2, 3]), Sc=runs))
    cells = [line.cells[1] for line in table.lines]
    assert [(c.text, c.count) for c in cells] == [("30.0", "(n=2)"), ("nan", ""), ("10.0", "")]
    assert "nan no number in any replicate" in said(table)


def test_not_applicable_and_blank_differ_from_missing(gathered):
    plan = Plan("main", method=["ce", "scl"], t=Factor([1, 2], when={"method": "scl"}))
    table = build(gathered(plan, Sc=[Cell(applicable=False), "to do", 0.5]))
    assert texts(table, 1) == ["–", "1", "2"] and texts(table, 2) == ["–", "…", "50.0"]
    first, second, _ = table.lines
    assert [c.state for c in first.cells] == ["value", "blank", "not applicable"]
    assert second.cells[2].state == "to do"
    assert "– does not apply; … " not in said(table) and "– does not apply" in said(table)


def test_modalities_are_shown_without_quotes_on_one_line(gathered):
    values = ["a, b=c", "two\nlines", "", None, True]
    table = build(gathered(Plan("main", a=values), Sc=[0.1] * 5))
    assert texts(table, 0) == ["a, b=c", "two lines", "''", "None", "True"]


def test_one_row_is_called_by_its_experiment(gathered):
    table = build(gathered(Plan("main", a="x"), Sc=[[0.5]]), title="One run")
    (line,) = table.lines
    assert [c.text for c in line.cells] == ["toy", "50.0"] and not line.cells[1].bold
    assert table.title == "One run" and table.caption == "a=x"


def test_metrics_are_defined_in_the_footnotes(gathered):
    results = gathered(Plan("main", a=[1, 2]), Sc=[0.1, 0.2])
    metric = Metric("F1", "score", float, description="macro-averaged")
    rows = [Row(row.setting, {"F1": row.cells["Sc"]}) for row in results.rows]
    assert "F1: macro-averaged" in said(build(Results(results.experiment, [metric], rows)))


def test_nothing_to_show_is_an_error(gathered):
    results = gathered(Plan("main", a=[1]), Sc=[0.1])
    with pytest.raises(SelectorError, match=r"no rows.*'toy'"):
        build(Results(results.experiment, results.metrics, []))
    with pytest.raises(ConfigError, match="no metric"):
        build(Results(results.experiment, [], results.rows))


def test_a_factor_that_follows_from_another_is_no_column(gathered):
    only = {"method": "scl"}
    plan = Plan("main", method=["ce", "scl"], t=Factor(0.06, when=only), lr=[1, 2])
    table = build(gathered(plan, Sc=[0.1, 0.2, 0.3, 0.4]))
    assert [c.name for c in table.columns] == ["method", "lr", "Sc"]
    assert table.caption == "t=0.06" and len(table.groups) == 1


def test_a_factor_that_only_some_plans_have_is_a_column_where_rows_would_look_the_same(gathered):
    plans = [Plan("plain", net=["p", "q"]), Plan("mixed", net=["p", "q"], mixup=0.2)]
    table = build(gathered(*plans, Sc=[0.1, 0.2, 0.3, 0.4]))
    assert [c.name for c in table.columns] == ["net", "mixup", "Sc"]
    assert texts(table, 1) == ["–", "0.2", "–", "0.2"]


def test_columns_are_in_the_order_of_the_selected_plan(gathered):
    given = {"t": Factor([1, 2], when={"method": "scl"}), "lr": [1, 2]}
    plans = [
        Plan("other", lr=3, net="r"),
        Plan("main", net=["p", "q"], method=["ce", "scl"], **given),
    ]
    results = gathered(*plans, Sc=[0.1] * 13)
    table = build(Results(results.experiment, results.metrics, results.rows[1:]))
    assert [c.name for c in table.columns] == ["net", "method", "t", "lr", "Sc"]
