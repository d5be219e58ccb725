"""Pivots: modalities as columns, with heads over them, in every format."""

import io
import math

import openpyxl
import pytest
from made import said, texts
from rich.console import Console

from core.errors import ConfigError, UnknownName
from core.plan import Factor, Plan
from core.results import Results
from export import export, terminal
from export.csvfile import rows as csv_rows
from export.data import as_json
from export.fragment import fragment
from export.heads import Span, spans
from export.latex import source as latex
from export.layout import build
from export.markdown import source as markdown
from export.page import compose
from export.pivot import pivot

PLAN = Plan("main", net=["p", "q"], lr=[0.1, 0.01], width=[1, 2])
SCORES = [0.1, 0.2, 0.3, 0.4, 0.8, 0.7, 0.6, 0.5]


def heads(table):
    return [(*column.above, column.title) for column in table.columns]


@pytest.fixture
def two(gathered):
    """A table of one metric over two pivoted factors."""
    return build(pivot(gathered(PLAN, Sc=SCORES), ["lr", "width"]))


def test_modalities_become_columns_and_rows_are_joined(gathered):
    table = build(pivot(gathered(PLAN, Sc=SCORES), ["lr"]))
    by = "Sc (%) ↑ by lr"
    assert heads(table) == [("net",), ("width",), (by, "0.1"), (by, "0.01")]
    assert [c.name for c in table.columns[2:]] == ["Sc lr=0.1", "Sc lr=0.01"]
    assert texts(table, 0) == ["p", "p", "q", "q"] and texts(table, 1) == ["1", "2", "1", "2"]
    assert texts(table, 2) == ["10.0", "20.0", "80.0", "70.0"]
    assert texts(table, 3) == ["30.0", "40.0", "60.0", "50.0"]


def test_two_factors_nest_their_heads(two):
    by = "Sc (%) ↑ by lr and width"
    assert heads(two)[1:] == [(by, lr, width) for lr in ("0.1", "0.01") for width in ("1", "2")]
    assert spans(two.columns) == [[Span(by, 1, 4)], [Span("0.1", 1, 2), Span("0.01", 3, 4)]]
    assert [[cell.text for cell in line.cells] for line in two.lines] == [
        ["p", "10.0", "20.0", "30.0", "40.0"],
        ["q", "80.0", "70.0", "60.0", "50.0"],
    ]


def test_each_metric_has_its_own_head(gathered):
    results = gathered(PLAN, Sc=SCORES, loss=[1.0] * 8)
    table = build(pivot(results, ["lr"]))
    assert [s.title for s in spans(table.columns)[0]] == ["Sc (%) ↑ by lr", "loss ↓ by lr"]


def test_the_best_and_the_tests_are_of_each_column(gathered):
    runs = [[0.1, 0.11, 0.12], [0.5, 0.52, 0.53], [0.7, 0.71, 0.69], [0.4, 0.55, 0.5]]
    table = build(pivot(gathered(Plan("main", net=["p", "q"], lr=[1, 2]), Sc=runs), ["lr"]))
    emphasis = [[(c.bold, c.close) for c in line.cells[1:]] for line in table.lines]
    assert emphasis == [[(False, False), (True, False)], [(True, False), (False, True)]]
    assert "best of each column in bold" in said(table)


def test_groups_and_columns_are_both_named(gathered):
    plan = Plan("main", a=["x", "y"], b=[1, 2], c=[1, 2], lr=[1, 2])
    table = build(pivot(gathered(plan, Sc=[i / 20 for i in range(16)]), ["lr"]))
    assert len(table.groups) == 2 and "best of each group and column in bold" in said(table)


def test_a_missing_combination_is_marked(gathered):
    plans = [Plan("one", net=["p", "q"], lr=[1, 2]), Plan("two", net="r", lr=1)]
    table = build(pivot(gathered(*plans, Sc=[0.1, "failed", 0.3, 0.4, 0.5]), ["lr"]))
    assert texts(table, 2) == ["✗", "40.0", "–"]
    assert [line.cells[2].state for line in table.lines] == ["failed", "value", "not applicable"]
    assert "– does not apply" in said(table) and not any(x.cells[2].bold for x in table.lines)


def test_a_blank_factor_has_the_last_column(gathered):
    plan = Plan("main", method=["ce", "scl"], t=Factor([1, 2], when={"method": "scl"}))
    results = gathered(plan, Sc=[0.1, 0.2, 0.3])
    table = build(pivot(results, ["t"]))
    assert [c.title for c in table.columns] == ["method", "1", "2", "–"]
    assert [texts(table, i) for i in (1, 2, 3)] == [["–", "20.0"], ["–", "30.0"], ["10.0", "–"]]


def test_factors_that_follow_from_the_pivot_keep_no_rows_apart(gathered):
    only = {"method": "scl"}
    plan = Plan("main", net=["p", "q"], method=["ce", "scl"], t=Factor(0.06, when=only))
    table = build(pivot(gathered(plan, Sc=[0.1, 0.2, 0.3, 0.4]), ["method"]))
    assert texts(table, 0) == ["p", "q"] and table.constants == {"t": 0.06}
    assert texts(table, 1) == ["10.0", "30.0"] and texts(table, 2) == ["20.0", "40.0"]


def test_columns_are_in_the_order_of_the_plan_whatever_that_of_the_rows(gathered):
    plans = [Plan("all", lr=[1, 2, 3], net="z"), Plan("main", net=["p", "q"], lr=[3, 1])]
    found = gathered(*plans, Sc=[0.1] * 7)
    results = Results(found.experiment, found.metrics, found.rows[:2:-1])
    table = build(pivot(results, ["lr"]), arrangement="list")
    assert [c.title for c in table.columns] == ["net", "3", "1"] and texts(table, 0) == ["q", "p"]


def test_texts_and_numbers_that_look_the_same_have_columns_of_their_own(gathered):
    table = build(pivot(gathered(Plan("main", net="p", x=[1, "1"]), Sc=[0.1, 0.2]), ["x"]))
    assert [c.name for c in table.columns[1:]] == ["Sc x=1", "Sc x='1'"]
    assert [cell.text for cell in next(table.lines).cells[1:]] == ["10.0", "20.0"]


def test_ids_of_joined_rows_are_kept(gathered):
    (row, _) = pivot(gathered(PLAN, Sc=SCORES), ["lr", "width"]).rows
    assert list(row.ids) == [f"{i:016x}" for i in range(4)]


def test_all_nan_and_equal_values_are_no_best(gathered):
    plan = Plan("main", net=["p", "q"], lr=[1, 2])
    table = build(pivot(gathered(plan, Sc=[[math.nan] * 3, 0.5, 0.5, 0.5]), ["lr"]))
    assert [[c.bold for c in line.cells[1:]] for line in table.lines] == [[False, False]] * 2


def test_what_cannot_be_pivoted_is_refused(gathered):
    results = gathered(PLAN, Plan("other", net="p", depth=3), Sc=[*SCORES, 0.1])
    with pytest.raises(UnknownName, match="did you mean 'width'"):
        pivot(results, ["widht"])
    with pytest.raises(ConfigError, match="'run' is a replicate factor"):
        pivot(results, ["run"])
    without = Results(results.experiment, results.metrics, results.rows[:8])
    with pytest.raises(ConfigError, match="no selected setting has the factor 'depth'"):
        pivot(without, ["depth"])


def test_the_terminal_draws_heads_over_their_columns_and_rules_below(two):
    console = Console(width=100, file=io.StringIO())
    console.print(terminal.draw(two))
    lines = console.file.getvalue().splitlines()
    top = next(i for i, line in enumerate(lines) if line.startswith("━"))
    first, rule, second, rules, last = lines[top + 1 : top + 6]
    assert first.strip() == "Sc (%) ↑ by lr and width" and {*rule.strip()} == {"─"}
    assert second.split() == ["0.1", "0.01"] and len(rules.split()) == 2
    assert last.split() == ["net", "1", "2", "1", "2"]
    start = rules.rindex(" ") + 1
    assert start <= second.index("0.01") and second.index("0.01") + 4 <= len(rules)


def test_a_narrow_terminal_folds_the_columns_with_their_heads(two):
    console = Console(width=24, file=io.StringIO())
    console.print(terminal.draw(two))
    lines = console.file.getvalue().splitlines()
    grid = lines[next(i for i, line in enumerate(lines) if line.startswith("━")) :]
    assert sum(line.startswith("net") for line in grid) > 1
    assert sum("lr" in line for line in grid if "by" in line or "lr and" in line) > 1
    assert all(len(line) <= 24 for line in lines)


def test_a_page_has_the_rules_of_the_heads_between_their_columns(two):
    page = compose(two)
    partial = [rule for rule in page.rules if rule.weight < 0.5]
    assert len(partial) == 3 and partial[1].y == partial[2].y > partial[0].y
    assert partial[1].x + partial[1].length < partial[2].x
    places = {run.text: run.x for run in page.runs}
    assert partial[2].x <= places["0.01"] <= partial[2].x + partial[2].length


def test_a_head_wider_than_its_columns_widens_them(gathered):
    long = "a_factor_with_a_rather_long_name"
    plan = Plan("main", net=["p", "q"], **{long: [1, 2]})
    page = compose(build(pivot(gathered(plan, Sc=[0.1, 0.2, 0.3, 0.4]), [long])))
    (rule,) = [rule for rule in page.rules if rule.weight < 0.5]
    head = [run for run in page.runs if run.text.startswith("Sc")]
    assert head[0].x >= rule.x - 0.01


def test_latex_html_and_workbook_span_columns_and_text_formats_flatten(two, tmp_path):
    tex = latex(two)
    assert r"\multicolumn{8}{c}{Sc (\%) $\uparrow$ by lr and width} \\" in tex
    assert r"\cmidrule(lr){2-5}\cmidrule(lr){6-9}" in tex
    html = fragment(two)
    assert html.count('colspan="4"') == 1 and html.count('colspan="2"') == 2
    assert '<th class="left" rowspan="3">net</th>' in html
    assert "Sc lr=0.1 width=1 (%) ↑: 10" in html
    assert "| Sc lr=0.1 width=1 (%) ↑ |" in markdown(two)
    head = next(csv_rows(two))
    assert head[:2] == ["net", "Sc lr=0.1 width=1"] and len({*head}) == len(head)
    export(two, tmp_path / "two.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "two.xlsx")["table"]
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] in (None, "net", "p")]
    assert rows[0][1] == "Sc (%) ↑ by lr and width" and rows[1][1::4] == ("0.1", "0.01")
    assert rows[2][:2] == ("net", "1") and rows[3][:2] == ("p", 10.0)
    assert sheet.freeze_panes == "A5"  # below the title and three rows of heads


def test_data_name_the_metric_and_the_condition(two):
    metric = as_json(two)["metrics"][0]
    assert (metric["of"], metric["at"]) == ("Sc", {"lr": 0.1, "width": 1})
