import csv
import io
import json
from dataclasses import replace
from functools import partial

import pytest

import toy
from core import Sheet, Stage
from core.errors import PlanError
from front_door import settle, type_in
from launch import experiments, sheets

SHEETS = [
    Sheet("numbers", "test_launch_sheets:numbers", ("draw", "scale"), "every number"),
    Sheet("half", "test_launch_sheets:half", ("scale",), "fails after a row"),
    Sheet("lost", "test_launch_sheets:lots", ("scale",), "has no function"),
]


def numbers(settings):
    """A row for each number, before and after scaling."""
    for setting, records in settings:
        both = (records[stage]["values"].tolist() for stage in ("draw", "scale"))
        for drawn, scaled in zip(*both, strict=True):
            yield {"method": setting.method, "run": setting.run, "drawn": drawn, "scaled": scaled}


def half(settings):
    """A good row, then one with another column."""
    yield {"method": "plain"}
    yield {"methods": "plain"}


@pytest.fixture
def sonoplan(tmp_path, monkeypatch, capsys):
    """Run the command line on the toy experiment with sheets: exit status, output, messages."""
    settle(tmp_path, monkeypatch)
    made = replace(toy.experiment(), sheets=SHEETS)
    monkeypatch.setattr(experiments, "find", lambda name: made)
    return partial(type_in, capsys, "toy")


@pytest.fixture
def exported(tmp_path):
    return tmp_path / "results" / "toy" / "export"


def read(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_sheet_has_the_rows_of_the_selected_settings(sonoplan, exported):
    status, out, err = sonoplan("-s", "main/method=plain", "-c", "--sheet", "numbers")
    assert (status, out.split()) == (0, [str(exported / "numbers.csv")])
    rows = read(exported / "numbers.csv")
    assert [*rows[0]] == ["method", "run", "drawn", "scaled"]
    assert len(rows) == 3 * 8 and {row["run"] for row in rows} == {"0", "1", "2"}
    # `scale` adds the length of the method's name; text keeps every digit of a float.
    assert all(float(row["scaled"]) == float(row["drawn"]) + len("plain") for row in rows)
    assert "left out" not in err


def test_settings_without_the_records_are_left_out_and_counted(sonoplan, exported):
    sonoplan("-s", "odd/:main/method=plain", "-c")
    status, _, err = sonoplan("--sheet", "numbers")
    assert status == 0
    assert "9 of 12 settings left out: 6 to do, 3 failed" in err
    assert len(read(exported / "numbers.csv")) == 3 * 8


def test_settings_without_such_a_stage_are_left_out(sonoplan, monkeypatch):
    draw, scale = toy.experiment().stages
    plain = Stage("scale", scale.run, needs=["draw"], uses=[*scale.uses], when={"method": "plain"})
    made = replace(toy.experiment(), stages=[draw, plain], sheets=SHEETS)
    monkeypatch.setattr(experiments, "find", lambda name: made)
    err = sonoplan("-s", "main/", "-c", "--sheet", "numbers")[2]
    assert "6 of 9 settings left out: 6 without scale" in err


def test_the_name_of_the_file_goes_where_a_tables_would(sonoplan, exported, tmp_path):
    sonoplan("-s", "main/run=0", "-c")
    for name, path in {
        "mine.csv": exported / "mine.csv",
        "./here.csv": tmp_path / "here.csv",
        str(tmp_path / "there.csv"): tmp_path / "there.csv",
    }.items():
        out = sonoplan("-s", "main/run=0", "--sheet", "numbers", "-e", name)[1]
        assert out.strip() == str(path)
        assert len(read(path)) == 3 * 8


def test_a_table_may_be_shown_beside_a_sheet(sonoplan, exported):
    wanted = ("-s", "main/run=0", "-d", "mean", "--sheet", "numbers", "-e", "mine.csv")
    out = sonoplan("-c", *wanted)[1]
    assert "mean" in out and str(exported / "mine.csv") in out
    _, out, err = sonoplan(*wanted, "--json")
    assert "table" in json.loads(out) and str(exported / "mine.csv") in err
    assert [path.name for path in exported.iterdir()] == ["mine.csv"]


def test_a_file_is_written_whole_or_not_at_all(sonoplan, exported):
    sonoplan("-s", "main/run=0", "-c", "--sheet", "numbers", "-e", "mine.csv")
    before = (exported / "mine.csv").read_bytes()
    status, _, err = sonoplan("-s", "main/run=0", "--sheet", "half", "-e", "mine.csv")
    assert status == 2 and "columns ['methods'], the first one had ['method']" in err
    assert (exported / "mine.csv").read_bytes() == before
    assert [path.name for path in exported.iterdir()] == ["mine.csv"]


def test_a_damaged_record_is_named(sonoplan, exported, tmp_path):
    sonoplan("-s", "main/run=0", "-c")
    for arrays in (tmp_path / "results" / "toy" / "scale").glob("*/arrays.npz"):
        arrays.write_bytes(arrays.read_bytes()[:100])
    status, _, err = sonoplan("-s", "main/run=0", "--sheet", "numbers")
    assert status == 2 and "is damaged" in err and "-R scale" in err
    assert not list(exported.iterdir())


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (["--sheet", "number"], "did you mean 'numbers'"),
        (["--sheet", "numbers", "-e", "x.png"], "unknown sheet format '.png'; known: .csv"),
        (["--sheet", "numbers", "-e", "x"], "unknown sheet format ''"),
    ],
)
def test_a_sheet_that_cannot_be_written_is_refused_before_computing(
    sonoplan, tmp_path, wrong, told
):
    status, _, err = sonoplan("-s", "main/", "-c", *wrong)
    assert status == 2 and told in err
    assert not (tmp_path / "results").exists()


def test_without_a_finished_setting_there_is_no_file(sonoplan, exported):
    status, _, err = sonoplan("-s", "main/", "--sheet", "numbers")
    assert status == 2 and "none of the 9 selected settings is done (9 to do)" in err
    assert not exported.exists()


def test_a_function_that_does_not_exist_is_named(sonoplan):
    sonoplan("-s", "main/run=0", "-c")
    status, _, err = sonoplan("-s", "main/run=0", "--sheet", "lost")
    assert status == 2 and "no function 'lots'" in err


def test_sheets_are_listed(sonoplan):
    out = sonoplan("-i")[1]
    assert any({"sheet", "numbers", "every"} <= {*line.split()} for line in out.splitlines())


def test_the_first_row_decides_the_order_of_the_columns():
    file = io.StringIO()
    sheets.write_rows([{"a": 1, "b": "x, y"}, {"b": None, "a": 0.1}], file)
    assert file.getvalue() == 'a,b\n1,"x, y"\n0.1,\n'
    with pytest.raises(PlanError, match="columns"):
        sheets.write_rows([{"a": 1}, {"a": 1, "b": 2}], io.StringIO())
