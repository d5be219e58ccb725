"""Published rows: reading them, and their place in a table."""

import pytest

from core.errors import DataError, UnknownName
from core.plan import Plan
from export.layout import build
from export.published import PublishedRow, read_published

HEADER = "row,citation,net,method,n,Sc,Sc_std,loss,definition,selection,comparable,note\n"
GOOD = 'CNN6 CE,"Paper, 2023",cnn6,ce,10,53.92,0.71,,strict,best on test,yes,\n'


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "toy.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def row(name, citation="Paper", comparable=True, note="", n=3, **factors):
    return PublishedRow(
        name, citation, factors, {"Sc": ("53.92", "0.71")}, n, "", "", comparable, note
    )


def test_a_row_is_read_as_printed(written):
    (read,) = read_published(written("\ufeff" + HEADER + GOOD + "\n"))
    assert read == PublishedRow(
        name="CNN6 CE",
        citation="Paper, 2023",
        factors={"net": "cnn6", "method": "ce"},
        figures={"Sc": ("53.92", "0.71")},
        n=10,
        definition="strict",
        selection="best on test",
        comparable=True,
        note="",
    )


def test_factors_that_are_not_stated_and_an_unknown_n_are_left_out(written):
    (read,) = read_published(written(HEADER + "AST,Paper,,,,62.37,,,,,no,other split\n"))
    assert read.factors == {} and read.n is None and not read.comparable
    assert read.figures == {"Sc": ("62.37", "")}


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "no column 'row'"),
        (HEADER.replace("comparable", "comparabel"), 1, "did you mean 'comparabel'"),
        (HEADER.replace("row,citation", "citation,row"), 1, "columns must be"),
        (HEADER.replace("method", "net"), 1, "'net' occurs twice"),
        (HEADER.replace("Sc_std", "Se_std"), 1, "no column 'Se' beside it"),
        (HEADER + GOOD + "CNN6,Paper\n", 3, "2 fields for 12 columns"),
        (HEADER + GOOD.replace("CNN6 CE", ""), 2, "'row' is empty"),
        (HEADER + GOOD.replace("53.92", "53,92"), 2, "13 fields"),
        (HEADER + GOOD.replace("53.92", "best"), 2, "'Sc' is 'best'; it must be a number"),
        (HEADER + GOOD.replace("0.71", "nan"), 2, "'Sc_std' is 'nan'"),
        (HEADER + GOOD.replace("53.92", ""), 2, "'Sc' has a deviation, 0.71, and no value"),
        (HEADER + GOOD.replace("10", "ten"), 2, "'n' is 'ten'"),
        (HEADER + GOOD.replace("10", "0"), 2, "'n' is '0'"),
        (HEADER + GOOD.replace("yes", "maybe"), 2, "'comparable' is 'maybe'"),
        (HEADER + GOOD + '"unclosed', 3, "unexpected end"),
    ],
)
def test_a_malformed_file_is_refused_with_its_line(written, text, line, reason):
    with pytest.raises(DataError, match=rf"toy\.csv, line {line}: .*{reason}"):
        read_published(written(text))


def test_a_file_that_cannot_be_read_is_refused(written, tmp_path):
    with pytest.raises(DataError, match=r"none\.csv cannot be read"):
        read_published(tmp_path / "none.csv")
    with pytest.raises(DataError, match=r"toy\.csv, line 1: 'utf-8' codec"):
        read_published(written(HEADER.encode() + b"\xff\xfe"))


@pytest.fixture
def results(gathered):
    plan = Plan("main", net=["cnn6", "cnn14"], method=["ce", "scl"])
    return gathered(plan, Sc=[0.1, 0.2, 0.3, 0.4], loss=[1, 2, 3, 4], defaults={"lr": 1e-4})


def labels(table):
    return [[line.label.text if line.label else None for line in group] for group in table.groups]


def test_a_row_that_describes_one_of_ours_stands_under_it(results):
    table = build(results, published=[row("CNN6, SCL", net="cnn6", method="scl", lr="1e-4")])
    assert labels(table) == [[None, None, "CNN6, SCL", None, None]]
    _, _, line, *_ = table.lines
    assert line.under and line.published
    assert [(c.text, c.std, c.state) for c in line.cells[2:]] == [
        ("53.92", "0.71", "value"),
        ("–", "", "not reported"),
    ]


def test_a_row_that_agrees_with_several_comes_in_a_block_below(results):
    table = build(results, published=[row("CNN14", net="cnn14"), row("AST")])
    assert labels(table) == [[None] * 4, ["CNN14", "AST"]]
    assert not any(line.under for line in table.lines)


@pytest.mark.parametrize("factors", [{"net": "cnn10"}, {"net": "cnn6", "lr": "0.1"}])
def test_a_row_that_disagrees_with_all_of_ours_is_left_out(results, factors):
    assert labels(build(results, published=[row("other", **factors)])) == [[None] * 4]


def test_published_rows_are_not_ranked_with_ours(results):
    best = row("CNN6, CE", net="cnn6", method="ce")
    table = build(results, published=[best, row("AST"), row("CLAP")])
    bold = [line.label or line.cells[1].text for line in table.lines if line.cells[2].bold]
    assert bold == ["scl"] and next(table.lines).cells[2].text == "10.0"


def test_citations_are_numbered_from_the_top_and_what_is_not_comparable_is_flagged(results):
    published = [
        row("A", "Second", n=5),
        row("B", "First", net="cnn6", method="ce"),
        row("C", "Second", comparable=False, note="2-class Se"),
        row("D", "Third", comparable=False, note="other split"),
    ]
    table = build(results, published=published)
    found = {line.label.text: line.label for line in table.lines if line.label}
    assert {name: label.mark for name, label in found.items()} == {
        "B": "[1]",
        "A": "[2]",
        "C": "[2]†",
        "D": "[3]‡",
    }
    assert found["A"].count == "(n=5)" and found["B"].count == ""
    notes = {note.mark: note.text for note in table.notes if note.mark}
    assert notes == {
        "[1]": "First",
        "[2]": "Second",
        "[3]": "Third",
        "†": "2-class Se",
        "‡": "other split",
    }


def test_definition_selection_and_remark_are_told_with_the_citation(results):
    published = PublishedRow(
        "A",
        "Paper",
        figures={"Sc": ("50.0", "")},
        definition="strict Se",
        selection="best on test",
        note="mean of five seeds",
    )
    (*_, note) = build(results, published=[published]).notes
    said = "Paper; definition: strict Se; selection: best on test; mean of five seeds"
    assert (note.mark, note.text) == ("[1]", said)


def test_a_row_without_any_metric_that_is_shown_is_left_out(results):
    table = build(results, published=[PublishedRow("A", "Paper")])
    assert not any(line.label for line in table.lines)
    assert "Paper" not in [note.text for note in table.notes]


def test_a_factor_or_metric_that_the_experiment_lacks_is_refused(results):
    with pytest.raises(UnknownName, match=r"row 'A'\) 'nett'; did you mean 'net'"):
        build(results, published=[row("A", nett="cnn6")])
    with pytest.raises(UnknownName, match=r"metric \(of published row 'A'\) 'Sd'"):
        build(results, published=[PublishedRow("A", "Paper", {}, {"Sd": ("1", "")})])


def test_one_row_of_ours_stands_above_the_published_ones(gathered):
    results = gathered(Plan("main", net="cnn6"), Sc=[0.5])
    table = build(results, published=[row("CNN6", net="cnn6"), row("CNN14", net="cnn14")])
    assert labels(table) == [[None], ["CNN6"]]


def test_what_a_published_row_does_not_state_of_its_factors_needs_no_footnote(gathered):
    results = gathered(Plan("main", net=["cnn6", "cnn14"]), Sc=[0.5, 0.6])
    table = build(results, published=[row("AST")])
    assert not any("reported" in note.text for note in table.notes)
