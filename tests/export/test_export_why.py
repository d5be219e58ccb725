"""Where the numbers of a row come from."""

from dataclasses import replace

import pytest

from core.errors import SelectorError
from core.plan import Plan
from core.results import Cell
from core.setting import Setting
from export.fragment import fragment
from export.layout import build
from export.pivot import pivot
from export.published import PublishedRow
from export.why import label, line_number, lines_of, sources


def cell(value, task):
    values = {"run=0": value, "run=1": value}
    return Cell(values, 3, {"run=2": "failed"}, tasks={f"run={i}": f"{task}{i}" for i in range(3)})


@pytest.fixture
def results(gathered):
    scores = [cell(i / 10, name) for i, name in enumerate("abcd", 1)]
    return gathered(Plan("main", net=["p", "q"], lr=[1, 2]), Sc=scores)


def test_each_run_has_its_value_its_task_and_what_is_known_of_it(results):
    table = replace(build(results), provenance={"b0": {"host": "node1", "seconds": 2.5}})
    number, line = line_number(table, 2)
    found = list(sources(line, table))
    assert number == 2 and label(line, table) == "net=p, lr=2"
    assert [(s.run.replicate, s.run.value, s.run.task) for s in found] == [
        ("run=0", pytest.approx(20), "b0"),
        ("run=1", pytest.approx(20), "b1"),
        ("run=2", None, "b2"),
    ]
    assert found[0].metric == "Sc (%) ↑" and found[2].run.state == "failed"
    assert found[0].origin["host"] == "node1" and not found[1].origin


def test_published_rows_have_no_number(results):
    published = [PublishedRow("one", "Paper", {"net": "p", "lr": "1"}, {"Sc": ("10.0", "")})]
    table = build(results, published=published)
    assert [line.published for line in table.lines] == [False, True, False, False, False]
    assert label(line_number(table, 2)[1], table) == "net=p, lr=2"


@pytest.mark.parametrize("number", [0, 5])
def test_a_row_that_does_not_exist_is_refused(results, number):
    with pytest.raises(SelectorError, match="rows 1 to 4"):
        line_number(build(results), number)


def test_rows_are_found_by_the_settings_they_are_made_of(results):
    table = build(results)
    found = lines_of(table, [Setting({"lr": 2, "net": "q"}), Setting({"lr": 1, "net": "p"})])
    assert [number for number, _ in found] == [1, 4]
    joined = build(pivot(results, ["lr"]))
    ((number, line),) = lines_of(joined, [Setting({"lr": 2, "net": "q"})])
    assert number == 2
    assert [(s.metric, s.run.task) for s in sources(line, joined)][::3] == [
        ("Sc lr=1 (%) ↑", "c0"),
        ("Sc lr=2 (%) ↑", "d0"),
    ]


def test_a_table_of_one_row_is_called_by_its_experiment(gathered):
    table = build(gathered(Plan("main", net="p"), Sc=[cell(0.5, "a")]))
    assert label(line_number(table, 1)[1], table) == "toy"
    assert len(lines_of(table, [Setting({"net": "p"})])) == 1


def test_a_page_tells_the_task_of_each_run(results):
    page = fragment(build(results))
    assert "run=0: 10, task a0" in page and "run=2: failed, task d2" in page
