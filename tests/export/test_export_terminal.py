"""Tables in the terminal: everything readable at any width."""

import io
import re

import pytest
from rich.console import Console

from core.plan import Plan
from export.layout import build
from export.published import PublishedRow
from export.terminal import draw


def printed(table, width, **options):
    console = Console(width=width, file=io.StringIO(), markup=False, highlight=False, **options)
    console.print(draw(table))
    return console.file.getvalue()


def numbers(table):
    return [
        cell.text + (f"±{cell.std}" if cell.std else "") + (f" {cell.count}" if cell.count else "")
        for line in table.lines
        for cell in line.cells
        if cell.mean == cell.mean
    ]


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_no_number_is_cut_at_any_width(hard, width):
    table = build(hard)
    text = printed(table, width)
    assert max(map(len, text.splitlines())) <= width
    for number in numbers(table):
        assert number in text


def test_a_wide_console_shows_one_grid_with_whole_names(hard):
    text = printed(build(hard), 200)
    assert text.count("Sc (%) ↑") == 1
    assert "β $x_1^2$ & <script>" in text


def test_long_factors_are_wrapped_before_metrics_are_folded(gathered):
    plan = Plan("main", name=["one rather long name of a method", "b"])
    table = build(gathered(plan, Sc=[0.5, 0.4], loss=[1.0, 2.0]))
    text = printed(table, 34)
    assert text.count("name") == 2 and "one rather" in text
    assert re.search(r"Sc \(%\) ↑\s+loss ↓", text)


def test_decimal_points_stand_under_each_other(gathered):
    table = build(gathered(Plan("main", a=["x", "y", "z"]), loss=[1.5, 100.25, -10.0]))
    rows = [line for line in printed(table, 80).splitlines() if line[:1] in "xyz" and "±" in line]
    assert len(rows) == 3
    assert len({row.index(".") for row in rows}) == 1 and len({row.index("±") for row in rows}) == 1


def test_the_best_is_bold_and_the_deviation_dim_where_the_console_has_styles(gathered):
    table = build(gathered(Plan("main", a=[1, 2]), Sc=[[0.5, 0.5, 0.5], [0.1, 0.1, 0.1]]))
    styled = printed(table, 80, force_terminal=True, color_system="standard")
    assert "\x1b[1m50.0\x1b[0m" in styled and "\x1b[1m10.0\x1b[0m" not in styled
    assert re.search(r"\x1b\[2m0\.0\x1b\[0m", styled)
    assert "\x1b" not in printed(table, 80)


def test_rules_stand_between_groups_and_repeated_values_are_left_out(gathered):
    plan = Plan("main", net=["p", "q"], b=[1, 2], c=[1, 2])
    text = printed(build(gathered(plan, Sc=[i / 10 for i in range(8)])), 80)
    assert sum(line.startswith("┄") for line in text.splitlines()) == 1
    assert sum(line.startswith("p") for line in text.splitlines()) == 1


def test_caption_notes_and_published_rows_are_printed(gathered):
    results = gathered(Plan("main", a=[1, 2], lr=0.1), Sc=[0.5, "failed"])
    published = [PublishedRow("AST, [b]odd[/b]", "Paper 2023", {}, {"Sc": ("62.37", "")}, 5)]
    text = printed(build(results, published=published), 80)
    for expected in ("A toy", "lr=0.1", "✗ failed", "AST, [b]odd[/b] (n=5)[1]", "[1] Paper 2023"):
        assert expected in text


def test_wide_characters_keep_their_columns(gathered):
    table = build(gathered(Plan("main", a=["日本語", "abc"]), Sc=[0.5, 0.4]))
    rows = [line for line in printed(table, 80).splitlines() if "±" in line][:2]
    assert rows[0].index("50.0") + 3 == rows[1].index("40.0")


@pytest.mark.parametrize("length", range(10, 30))
def test_the_mark_of_a_long_name_stays_in_the_factor_columns(gathered, length):
    results = gathered(Plan("main", a=[1, 2]), Sc=[0.5, 0.4])
    published = [PublishedRow("x" * length, "Paper", {}, {"Sc": ("62.3", "")}, 5)]
    lines = printed(build(results, published=published), 30).splitlines()
    places = [line.index(number) for number in ("50.0", "62.3") for line in lines if number in line]
    assert len(places) == 2 and len(set(places)) == 1
    assert max(map(len, lines)) <= 30
