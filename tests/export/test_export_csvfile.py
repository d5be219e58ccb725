"""Tables as CSV: every number in full, nothing that another program could misread."""

import csv
import math

import pytest

from core.plan import Plan
from export.csvfile import draw
from export.layout import build
from export.published import PublishedRow


def read(table, path):
    draw(table, path)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def number(field):
    return float(field) if field else math.nan


def test_numbers_are_those_of_the_table_in_full(full, tmp_path):
    rows = read(full, tmp_path / "table.csv")
    for row, line in zip(rows, full.lines, strict=True):
        for column, cell in zip(full.columns, line.cells, strict=True):
            if column.kind == "metric":
                found = [number(row[column.name + end]) for end in ("", "_std", "_n")]
                assert found == pytest.approx([cell.mean, cell.deviation, cell.n], nan_ok=True)


def test_factors_are_in_every_row_and_empty_where_there_are_none(full, tmp_path):
    rows = read(full, tmp_path / "table.csv")
    for row, line in zip(rows, full.lines, strict=True):
        for column, cell in zip(full.columns[:4], line.cells[:4], strict=True):
            assert row[column.name] == (cell.text if cell.state == "value" else "")
    assert {row["model"] for row in rows[:6]} == {rows[0]["model"]}


def test_published_rows_have_their_citation_and_ours_none(full, tmp_path):
    rows = read(full, tmp_path / "table.csv")
    for row, line in zip(rows, full.lines, strict=True):
        own = line.source
        cited = (own.name, own.citation) if isinstance(own, PublishedRow) else ("", "")
        assert (row["published"], row["citation"]) == cited
    assert sum(bool(row["citation"]) for row in rows) == 3


def test_what_the_caption_says_is_in_every_row(gathered, tmp_path):
    plan = Plan("main", a=["x", 'y, "z"\nw'], b=None, lr=1e-4)
    rows = read(build(gathered(plan, Sc=[0.5, 0.6])), tmp_path / "table.csv")
    assert [row["b"] for row in rows] == ["None", "None"]
    assert [float(row["lr"]) for row in rows] == [1e-4, 1e-4]
    assert [row["a"] for row in rows] == ["x", 'y, "z" w']


def test_a_single_row_is_called_by_its_experiment(gathered, tmp_path):
    (row,) = read(build(gathered(Plan("main", a=1), Sc=[0.5])), tmp_path / "table.csv")
    assert row[""] == "toy" and row["a"] == "1" and float(row["Sc"]) == 50
