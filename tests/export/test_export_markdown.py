"""Tables as Markdown: the numbers and the bold of the table, text that shows as it is."""

import re

import pytest
from rich.cells import cell_len

from core.plan import Plan
from export.layout import build
from export.markdown import INDENT, draw, escape, source


def rows(text):
    """Cells of each row of the table, stripped."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[c.strip(" ") for c in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def unescaped(text):
    return re.sub(r"\\(.)", r"\1", text)


def read(cell):
    """Text, deviation, bold and underlined of a number."""
    cell = cell.partition("<br>")[0]
    bold, underlined = cell.startswith("**"), cell.startswith("<ins>")
    plain = re.sub(r"\*\*|</?ins>| \(n=\d+\)", "", cell)
    mean, _, std = unescaped(plain).partition(" ± ")
    return mean, std, bold, underlined


def test_numbers_and_emphasis_are_those_of_the_table(full, numbers, tmp_path):
    draw(full, tmp_path / "table.md")
    _, rule, *body = rows((tmp_path / "table.md").read_text(encoding="utf-8"))
    assert [[read(cell) for cell in row[4:]] for row in body] == numbers(full)
    assert [cell[-1] == ":" for cell in rule] == [c.align != "left" for c in full.columns]


def test_factors_are_shown_as_they_are_and_once_in_a_group(full):
    _, _, *body = rows(source(full))
    for row, line in zip(body, full.lines, strict=True):
        if line.label is None:
            expected = ["" if cell.repeated else cell.text for cell in line.cells[:4]]
            assert [unescaped(cell) for cell in row[:4]] == expected
        else:
            assert line.label.text in unescaped(row[0]) and row[1:4] == ["", "", ""]
            assert row[0].startswith(INDENT) == line.under


def test_columns_are_aligned_in_the_source(full):
    lines = [line for line in source(full).splitlines() if line.startswith("| ")]
    assert len({cell_len(line) for line in lines}) == 1


def test_title_notes_and_differences_are_there(full):
    text = unescaped(source(full))
    assert text.startswith("**A <b>toy</b> & 100%**\n\n")
    assert all(f"{note.mark} {note.text}".strip() in text for note in full.notes)
    found = [c.difference for line in full.lines for c in line.cells if c.difference]
    assert found and all(difference.text in text for difference in found)


@pytest.mark.parametrize("text", ["a_b_c", "R2", "1e-05", "x & y", "AT&T", "a.b"])
def test_plain_words_are_left_alone(text):
    assert escape(text) == text


def test_what_markdown_would_read_is_escaped(gathered):
    names = ["_a_", "*a*", "`a`", "a|b", "<b>", "[a](b)", "$x$", "\\n", "&lt;", "~~a~~", "#1"]
    for name in names:
        assert escape(name) != name and unescaped(escape(name)) == name
    table = build(gathered(Plan("main", a=names), Sc=[0.5] * len(names)))
    assert [unescaped(row[0]) for row in rows(source(table))[2:]] == names
