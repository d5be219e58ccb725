"""The front of the room: formats by suffix, whole files, late imports, plain data."""

import json
import math
import subprocess
import sys

import pytest
from PIL import Image

from core.errors import ConfigError, UnknownName
from core.plan import Plan
from core.results import Cell
from export import DRAWERS, export, targets
from export.data import as_json
from export.layout import build
from export.pivot import pivot
from export.published import PublishedRow
from export.writing import replacing


@pytest.fixture
def table(gathered):
    return build(gathered(Plan("main", a=[1, 2]), Sc=[0.5, 0.6]))


@pytest.mark.parametrize("name", ["table.png", "TABLE.PNG"])
def test_the_suffix_names_the_format(table, tmp_path, name):
    assert export(table, tmp_path / name) == [tmp_path / name]
    assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")


def test_a_name_without_a_suffix_stands_for_every_format(table, tmp_path):
    files = export(table, tmp_path / "table")
    assert files == targets(tmp_path / "table") and len(files) == len(DRAWERS) == 8
    assert sorted(files) == sorted(tmp_path.iterdir())
    assert all(file.stat().st_size > 50 for file in files)


@pytest.mark.parametrize(
    "scores",
    [
        [[0.5], [0.6], "to do", "failed"],
        [[0.5] * 3] * 4,
        [[math.nan] * 3] * 4,
        [[math.inf] * 3, [-math.inf] * 3, [math.nan, math.inf, 0.5], 0.1],
        [[1e30, 2e30, 3e30], [1e-30] * 3, [1e300, 2e300], -1e12],
        ["to do"] * 4,
        [Cell(applicable=False)] * 4,
    ],
)
@pytest.mark.parametrize("over", [[], ["lr"], ["lr", "net"]])
def test_every_format_draws_odd_values(gathered, tmp_path, scores, over):
    results = gathered(Plan("main", net=["a;b/c", "Ω"], lr=[1, 2]), Sc=scores)
    table = build(pivot(results, over) if over else results, test="wilcoxon")
    assert len(export(table, tmp_path / "table", dpi=50)) == len(DRAWERS)
    finite = [x.mean for line in table.lines for x in line.cells if math.isfinite(x.mean)]
    bold = [x for line in table.lines for x in line.cells if x.bold]
    assert not bold or (len({*finite}) > 1 and all(math.isfinite(x.mean) for x in bold))


def test_a_table_too_large_for_an_image_is_written_in_the_formats_of_any_size(gathered, tmp_path):
    table = build(gathered(Plan("main", a=list(range(1000))), Sc=[0.5] * 1000))
    with pytest.raises(ConfigError, match=r"table\.pdf: the table takes"):
        export(table, tmp_path / "table")
    written = {file.suffix for file in tmp_path.iterdir()}
    assert written == {".csv", ".md", ".tex", ".html", ".xlsx", ".svg"}


def test_the_resolution_of_an_image_can_be_chosen(table, tmp_path):
    sizes = []
    for dpi in (100, 300):
        export(table, tmp_path / "table.png", dpi=dpi)
        with Image.open(tmp_path / "table.png") as image:
            sizes.append(image.width)
    assert sizes[1] == pytest.approx(3 * sizes[0], abs=3)


def test_an_unknown_format_names_the_nearest(table, tmp_path):
    with pytest.raises(UnknownName, match=r"'\.pgn'; did you mean '\.png'"):
        export(table, tmp_path / "table.pgn")
    with pytest.raises(UnknownName, match=r"known: \.csv.*'table\.v2'"):
        export(table, tmp_path / "table.v2")


def test_a_folder_that_does_not_exist_is_reported(table, tmp_path):
    with pytest.raises(ConfigError, match=r"no folder .*missing; create it"):
        export(table, tmp_path / "missing" / "table.png")


def test_a_target_that_cannot_be_written_is_reported_and_nothing_is_left(table, tmp_path):
    target = tmp_path / "table.png"
    target.mkdir()
    with pytest.raises(ConfigError, match=r"cannot write .*table\.png: Is a directory"):
        export(table, target)
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_is_replaced_whole_or_kept(tmp_path):
    target = tmp_path / "file"
    target.write_text("old")
    with pytest.raises(KeyboardInterrupt), replacing(target) as work:
        work.write_text("half")
        raise KeyboardInterrupt
    assert target.read_text() == "old" and list(tmp_path.iterdir()) == [target]
    with replacing(target) as work:
        work.write_text("new")
    assert target.read_text() == "new" and list(tmp_path.iterdir()) == [target]


def test_building_and_describing_a_table_imports_no_drawer():
    code = (
        "import sys, export, export.layout, export.data, export.published\n"
        "late = {'matplotlib', 'rich', 'torch', 'numpy', 'PIL'} & set(sys.modules)\n"
        "assert not late, late"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_data_have_values_ids_and_settings_with_numbers_as_numbers(gathered):
    plan = Plan("main", a=["x", "y", "z"], b=None, lr=1e-4)
    runs = [[0.5, 0.7], [math.nan] * 3, Cell(applicable=False)]
    described = as_json(build(gathered(plan, Sc=runs)))
    assert json.loads(json.dumps(described, allow_nan=False)) == described
    assert described["constants"] == {"b": None, "lr": 1e-4}
    assert described["factors"] == ["a"]
    assert described["metrics"][0]["percent"] is True
    first, second, third = described["rows"]
    assert first["setting"] == {"a": "x", "b": None, "lr": 1e-4}
    assert first["ids"] == ["0000000000000000"]
    cell = first["metrics"]["Sc"]
    assert cell["mean"] == pytest.approx(0.6) and cell["std"] == pytest.approx(0.02**0.5)
    assert (cell["n"], cell["planned"]) == (2, 3)
    assert cell["values"] == {"run=0": 0.5, "run=1": 0.7} and cell["missing"] == {"run=2": "to do"}
    assert second["metrics"]["Sc"]["mean"] is None
    assert second["metrics"]["Sc"]["values"]["run=0"] is None
    assert third["metrics"]["Sc"]["applicable"] is False


def test_data_have_published_rows_apart(gathered):
    published = [PublishedRow("AST", "Paper", {}, {"Sc": ("62.37", "")}, 5, comparable=False)]
    described = as_json(build(gathered(Plan("main", a=[1, 2]), Sc=[0.5, 0.6]), published=published))
    assert len(described["rows"]) == 2
    (row,) = described["published"]
    assert row["metrics"] == {"Sc": {"mean": 62.37, "std": None}}
    assert (row["row"], row["n"], row["comparable"]) == ("AST", 5, False)
    assert {"mark": "[1]", "text": "Paper"} in described["notes"]


def test_data_tell_emphasis_tasks_and_differences(gathered):
    runs = {f"run={i}": v for i, v in enumerate([0.5, 0.52, 0.51])}
    first = Cell(runs, 3, tasks={f"run={i}": f"a{i}" for i in range(3)})
    results = gathered(Plan("main", a=[1, 2]), Sc=[first, [0.5, 0.53, 0.52]])
    published = [PublishedRow("theirs", "Paper", {"a": "2"}, {"Sc": ("50.7", "1.0")}, 5)]
    described = as_json(build(results, published=published))
    one, other = (row["metrics"]["Sc"] for row in described["rows"])
    assert one["tasks"] == {"run=0": "a0", "run=1": "a1", "run=2": "a2"}
    assert [(c["bold"], c["close"]) for c in (one, other)] == [(False, True), (True, False)]
    (row,) = described["published"]
    assert row["differences"]["Sc"]["value"] == pytest.approx(51.6667 - 50.7, abs=1e-3)
    assert 0 < row["differences"]["Sc"]["p"] < 1
