"""What a cell shows of its runs."""

import pytest

from core.errors import UnknownName
from core.plan import Plan
from export.cells import difference
from export.layout import build
from export.published import PublishedRow
from export.summary import SUMMARIES

RUNS = [0.54, 0.55, 0.59]


def cell(gathered, cells, runs=RUNS):
    table = build(gathered(Plan("main", a=[1, 2]), Sc=[runs, 0.2]), cells=cells)
    return next(table.lines).cells[1], table.notes[0].text


@pytest.mark.parametrize(
    ("cells", "text", "std", "spread", "note"),
    [
        ("mean±std", "56.0", "2.6", "", "Mean ± standard deviation over run (n = 3)"),
        # t of 2 degrees of freedom is 4.303; 4.303 · 2.6458 / √3
        ("interval", "56.0", "6.6", "", "Mean ± half of its 95% interval (Student's t) over run"),
        ("min-max", "56.0", "", "[54.0, 59.0]", "Mean [lowest, highest] over run"),
        ("median", "55.0", "", "[54.5, 57.0]", "Median [first quartile, third quartile] over run"),
        ("runs", "56.0", "", "[54.0, 55.0, 59.0]", "Mean [each run] over run"),
    ],
)
def test_each_summary_of_three_runs(gathered, cells, text, std, spread, note):
    shown, said = cell(gathered, cells)
    assert (shown.text, shown.std, shown.spread, shown.n) == (text, std, spread, 3)
    assert shown.mean == pytest.approx(float(text))
    assert said.startswith(note)


def test_vast_numbers_are_as_narrow_as_others(gathered):
    shown, _ = cell(gathered, "mean±std", [1e28, 2e28, 3e28])
    assert (shown.text, shown.std) == ("2.0e+30", "1.0e+30")
    assert cell(gathered, "mean±std", [9.9e6] * 3)[0].text == "990000000.0"
    assert difference(-2e9, 1) == "−2.0e+09"


@pytest.mark.parametrize("cells", SUMMARIES)
def test_one_run_shows_its_value_alone(gathered, cells):
    shown, _ = cell(gathered, cells, [0.5])
    assert (shown.text, shown.std, shown.spread, shown.count) == ("50.0", "", "", "(n=1)")


def test_the_best_is_sought_in_what_is_shown(gathered):
    rows = [[0.5, 0.5, 0.9], [0.6, 0.6, 0.6]]
    for cells, best in (("mean±std", [True, False]), ("median", [False, True])):
        table = build(gathered(Plan("main", a=[1, 2]), Sc=rows), cells=cells)
        assert [line.cells[1].bold for line in table.lines] == best


def test_the_deviation_of_published_figures_is_told_where_ours_is_another(gathered):
    results = gathered(Plan("main", a=[1, 2]), Sc=[RUNS, 0.2])
    published = [PublishedRow("P", "Paper", {}, {"Sc": ("61.0", "1.0")}, 3)]
    said = "of published figures mean ± standard deviation"
    for cells, told in (("median", True), ("interval", True), ("mean±std", False)):
        note = build(results, published=published, cells=cells).notes[0].text
        assert (said in note) is told
    single = gathered(Plan("main", a=[1, 2]), Sc=[[0.5], [0.6]])
    assert build(single, published=published).notes[0].text.lower().startswith(said)


def test_an_unknown_summary_names_the_nearest(gathered):
    with pytest.raises(UnknownName, match="'mean±sd'; did you mean 'mean±std'"):
        cell(gathered, "mean±sd")
