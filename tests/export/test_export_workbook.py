"""Tables as workbooks: numbers as numbers, text as text, the runs and the tasks beside them."""

from dataclasses import replace

import openpyxl
import pytest

from core.plan import Plan
from core.results import Cell
from export.layout import build
from export.published import PublishedRow
from export.workbook import draw


@pytest.fixture
def read(tmp_path):
    def opened(table):
        draw(table, tmp_path / "table.xlsx")
        return openpyxl.load_workbook(tmp_path / "table.xlsx")

    return opened


def body(table, sheet):
    """Rows of the table's sheet below the head, without those of differences."""
    head = next(row for row in sheet.iter_rows() if row[0].value == table.columns[0].title)
    rows = list(sheet.iter_rows(min_row=head[0].row + 1))
    return head, [row for row in rows if any(c.value is not None for c in row[1:4]) or row[0].value]


def places(head, factors):
    """Where each metric starts."""
    return [i for i, field in enumerate(head) if i >= factors and field.value is not None]


def shown(field):
    """Write a number with its format, as a spreadsheet program shows it."""
    digits = len(field.number_format.partition(".")[2])
    return f"{field.value:z.{digits}f}".replace("-", "−")


def test_vast_numbers_have_a_format_of_their_own(gathered, read):
    table = build(gathered(Plan("main", a=["x", "y"]), loss=[2e30, 1.5]))
    _, rows = body(table, read(table)["table"])
    assert [(row[1].value, row[1].number_format) for row in rows] == [
        (2e30, "0.00E+00"),
        (1.5, "0.00"),
    ]


def test_numbers_bold_and_formats_are_those_of_the_table(full, numbers, read):
    head, rows = body(full, read(full)["table"])
    starts = places(head, 4)
    assert len(rows) == len(list(full.lines))
    for row, line, expected in zip(rows, full.lines, numbers(full), strict=True):
        for start, cell, (text, std, bold, close) in zip(
            starts, line.cells[4:], expected, strict=True
        ):
            field = row[start]
            assert (bool(field.font.bold), bool(field.font.underline)) == (bold, close)
            if cell.state != "value":
                assert field.value == text
                continue
            assert field.value == pytest.approx(cell.mean) and shown(field) == text
            if std:
                assert row[start + 1].value == pytest.approx(cell.deviation)
                assert row[start + 1].number_format.startswith('"± "0')


def test_counts_that_are_not_as_planned_are_numbers_too(gathered, read):
    table = build(gathered(Plan("main", a=[1, 2]), Sc=[[0.5, 0.6], [0.7, 0.8, 0.9]]))
    _, (first, second) = body(table, read(table)["table"])
    assert (first[3].value, first[3].number_format) == (2, '"(n="0")"')
    assert second[3].value is None


def test_factors_are_numbers_where_they_are_numbers_and_shown_once_in_a_group(full, read):
    _, rows = body(full, read(full)["table"])
    rows = [row for row, line in zip(rows, full.lines, strict=True) if line.label is None]
    assert [row[0].value is None for row in rows] == 2 * [False, *[True] * 5]
    assert [row[3].value for row in rows[:2]] == [1e-4, 0.01]
    assert [row[2].value for row in rows[:3]] == ["–", "–", 0.06]


def test_rules_are_those_of_the_page(full, read):
    sheet = read(full)["table"]
    head, rows = body(full, sheet)
    assert (head[0].border.top.style, head[0].border.bottom.style) == ("medium", "thin")
    last = list(sheet.iter_rows())[-1]
    assert {field.border.bottom.style for field in last} == {"medium"}
    starts = [i for i, row in enumerate(rows) if row[0].border.top.style == "hair"]
    sizes = [len(group) for group in full.groups]
    assert starts == [sum(sizes[: i + 1]) for i in range(len(sizes) - 1)]


def test_a_difference_stands_below_the_published_figure(full, read):
    sheet = read(full)["table"]
    (found,) = [c.difference for line in full.lines for c in line.cells if c.difference]
    row = next(row for row in sheet.iter_rows() if str(row[0].value).startswith("=1+1"))
    below = sheet.cell(row[0].row + 1, 5)
    assert below.value == pytest.approx(found.value)
    assert below.number_format == "+0.0;-0.0;0.0"
    assert (below.offset(column=1).value or "") == found.test


def test_text_is_text_whatever_it_looks_like(gathered, read):
    names = ["=1+1", "#N/A", "+1", "1e5", "\x07 bell", "<b>&", "2026-01-01"]
    table = build(
        gathered(Plan("main", a=names), Sc=[0.5] * 7),
        published=[PublishedRow("=cmd", "=A1", {}, {"Sc": ("1.5", "")})],
        title="=1+1",
    )
    book = read(table)
    fields = [field for sheet in book for row in sheet.iter_rows() for field in row]
    assert {field.data_type for field in fields} <= {"s", "inlineStr", "n"}
    _, rows = body(table, book["table"])
    assert [row[0].value for row in rows[:7]] == [line.cells[0].text for line in table.lines][:7]


def test_runs_are_in_the_unit_of_the_table_with_their_state(gathered, read):
    tasks = {"run=0": "a1", "run=1": "b2", "run=2": "c3"}
    values = {"run=0": 0.5, "run=1": float("nan")}
    found = [Cell(values, 3, {"run=2": "failed"}, tasks=tasks), [0.1, 0.2, 0.3]]
    table = build(gathered(Plan("main", a=["x", "y"], lr=1e-4), Sc=found, seconds=[1.0, 2.0]))
    head, *rows = read(table)["runs"].iter_rows(values_only=True)
    assert head == ("a", "lr", "replicate", "metric", "value", "unit", "state", "task")
    assert len(rows) == 12
    assert rows[:3] == [
        ("x", 1e-4, "run=0", "Sc", 50, "%", "done", "a1"),
        ("x", 1e-4, "run=1", "Sc", "nan", "%", "done", "b2"),
        ("x", 1e-4, "run=2", "Sc", None, "%", "failed", "c3"),
    ]
    assert rows[3] == ("x", 1e-4, "run=0", "seconds", 1, "s", "done", None)


def test_tasks_are_told_with_what_is_known_of_them(gathered, read):
    table = build(gathered(Plan("main", a=["x", "y"]), Sc=[0.5, 0.6]))
    known = {"0000000000000001": {"commit": "abc", "host": "node1"}}
    rows = read(replace(table, provenance=known))["tasks"].iter_rows(values_only=True)
    assert list(rows) == [
        ("a", "task", "commit", "host"),
        ("x", "0000000000000000", None, None),
        ("y", "0000000000000001", "abc", "node1"),
    ]


def test_notes_title_and_widths(full, read):
    book = read(full)
    assert book.sheetnames == ["table", "runs", "tasks", "notes"]
    assert book["table"]["A1"].value == "A <b>toy</b> & 100%" and book["table"]["A1"].font.bold
    notes = [(mark or "", text) for mark, text in book["notes"].iter_rows(values_only=True)]
    assert notes == [(note.mark, note.text) for note in full.notes]
    widths = book["table"].column_dimensions
    assert widths["A"].width > len(full.groups[0][0].cells[0].text) > widths["B"].width
