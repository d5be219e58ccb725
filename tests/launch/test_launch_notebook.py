"""Experiments from Python: selections, tables, data frames, arrays and figures of a toy."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace

import figured
import nbformat
import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import notebook_page
import toy
from core import Experiment, Metric, Plan, Stage
from core.errors import ConfigError, SelectorError, UnknownName
from export.inline import STYLE
from front_door import settle
from launch import cli, experiments, rows
from launch.notebook import experiment

PUBLISHED = """\
row,citation,method,gain,n,mean,mean_std,definition,selection,comparable,note
"gained, 3",Paper,gained,3,3,6.0,0.5,,,yes,
plain,Report,plain,,,5.0,,,,yes,
"""


def large(setting, inputs, output):
    """Leave an array that is a file of its own, and who computed it."""
    output["large"] = np.zeros((1 << 18) + setting.run)
    output["pid"] = np.array(os.getpid())


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    settle(tmp_path, monkeypatch)
    monkeypatch.setenv("COLUMNS", "120")


@pytest.fixture(scope="module")
def computed(tmp_path_factory):
    """Compute two toys once, by the command line; one method of each fails."""
    folder = tmp_path_factory.mktemp("computed")
    known = {"toy": toy.experiment(), "figured": figured.experiment()}
    with pytest.MonkeyPatch.context() as patch:
        settle(folder, patch)
        patch.setattr(experiments, "find", known.__getitem__)
        for name in known:
            assert cli.main([name, "-c", "--results", str(folder)]) == 1
    return folder


@pytest.fixture
def opened(computed):
    return experiment(toy.experiment(), results=computed)


@pytest.fixture
def curved(computed):
    return experiment(figured.experiment(), results=computed)


@pytest.fixture
def published(computed, tmp_path, monkeypatch):
    folder = tmp_path / "plans"
    (folder / "published").mkdir(parents=True)
    (folder / "published" / "toy.csv").write_text(PUBLISHED)
    monkeypatch.setattr(rows.plans, "__path__", [str(folder)])
    return experiment(replace(toy.experiment(), published="toy.csv"), results=computed)


def test_an_experiment_is_opened_by_name_with_the_folders_of_the_project(tmp_path):
    (tmp_path / "sonoplan.toml").write_text('results = "kept"\n')
    icbhi = experiment("icbhi", data={"icbhi": tmp_path})
    assert icbhi.results == tmp_path / "kept" / "icbhi"
    assert "plans: demo (6)" in repr(icbhi) and repr(icbhi).endswith("results: kept/icbhi")
    assert experiment("icbhi", tag="mine").results == tmp_path / "kept" / "tags/mine/icbhi"


def test_what_cannot_be_opened_is_an_error_with_the_nearest_match():
    with pytest.raises(UnknownName, match="did you mean 'icbhi'"):
        experiment("icbi")
    with pytest.raises(UnknownName, match="unknown dataset 'icbh'; did you mean 'icbhi'"):
        experiment("icbhi", data={"icbh": "x"})
    with pytest.raises(UnknownName, match="did you mean 'gain'"):
        experiment(toy.experiment(), modalities={"gian": 1})


def test_modalities_can_be_replaced():
    opened = experiment(toy.experiment(), modalities={"gain": [5, 7.5], "method": "gained"})
    assert {(s.method, s.gain) for s in opened.select("main/")} == {("gained", 5), ("gained", 7.5)}


def test_a_selection_says_how_it_was_understood_and_how_its_settings_stand(opened):
    everything = opened.select()
    assert repr(everything) == "all plans: every setting\n12 settings: 9 done, 3 failed"
    text = opened.select("main/method=gained+gain=2")
    assert repr(text).startswith("plan main: method is gained and gain is 2\n3 settings")
    typed = opened.select([{"method": "gained", "gain": 2}])
    assert list(text) == list(typed) and len(typed) == 3
    assert repr(opened.select("state=running")).endswith("\n0 settings")
    with pytest.raises(SelectorError, match="did you mean 'gained'"):
        opened.select("method=gaind")


def test_a_large_plan_is_not_listed_to_be_shown(tmp_path):
    stages = [Stage("one", "toy:nothing", uses=["x", "y"])]
    plan = Plan("large", x=range(1000), y=range(1000))
    opened = experiment(Experiment("many", "", [plan], stages), results=tmp_path)
    assert repr(opened.select()).endswith("\n1000000 settings")


@pytest.fixture
def to_do(tmp_path):
    """An experiment of which nothing is computed, with a large array and a stage that fails."""
    stages = [
        Stage("fill", "test_launch_notebook:large", uses=["run"]),
        Stage("scale", "toy:scale", needs=["fill"], uses=["method"], when={"method": "broken"}),
    ]
    plan = Plan("p", method=["plain", "broken"])
    made = Experiment("filled", "", [plan], stages, replicates={"run": range(2)})
    return experiment(made, results=tmp_path)


def test_computing_is_done_apart_and_failures_are_told_and_counted(to_do, capsys):
    selected = to_do.select()
    before = to_do.select("state=todo")
    assert len(before) == 4
    assert selected.compute(jobs=1) is selected
    told = capsys.readouterr().err
    assert "4 tasks to compute" in told and "this method is broken" in told
    assert selected.states == {"done": 2, "failed": 2}
    assert len(before) == 0  # the results are looked at anew
    pids = {int(pid) for pid in selected.arrays("fill", "pid").values()}
    assert os.getpid() not in pids
    to_do.select("method=plain").compute()
    assert "nothing to compute: 2 tasks are done" in capsys.readouterr().err


def test_a_dataset_without_a_folder_is_an_error():
    with pytest.raises(ConfigError, match="--data icbhi=PATH"):
        experiment("icbhi").select("scratch/run=0+method=ce+backbone=cnn6").compute()


def test_large_arrays_are_mapped_and_shared_records_are_read_once(to_do):
    selected = to_do.select().compute()
    found = selected.arrays("fill", "large")
    assert [(s.method, s.run, len(a) - (1 << 18)) for s, a in found.items()] == [
        *(("plain", 0, 0), ("plain", 1, 1), ("broken", 0, 0), ("broken", 1, 1))
    ]
    first, _, third, _ = found.values()
    assert isinstance(first, np.memmap) and not first.flags.writeable and first is third


def test_records_and_arrays_of_a_stage(opened, capsys):
    records = opened.select("main/").records("scale")
    assert [record.info["method"] for record in records.values()] == ["plain"] * 3 + ["gained"] * 6
    assert all(record.meta["stage"] == "scale" for record in records.values())
    arrays = opened.select("main/gain=3").arrays("scale", "values")
    for setting, values in arrays.items():
        drawn = opened.select({"run": setting.run}).arrays("draw", "values")[setting]
        np.testing.assert_allclose(values, 3 * drawn + len("gained"))
    assert capsys.readouterr().err == ""
    assert len(opened.select().records("scale")) == 9
    assert "3 of 12 settings left out: 3 failed" in capsys.readouterr().err


def test_what_no_record_has_is_an_error(opened, curved):
    with pytest.raises(UnknownName, match="'scael'; did you mean 'scale'"):
        opened.select().records("scael")
    with pytest.raises(UnknownName, match="array of stage 'scale' 'value'; did you mean 'values'"):
        opened.select("main/").arrays("scale", "value")
    with pytest.raises(ConfigError, match="none of the 3 selected settings is done"):
        opened.select("odd/").records("scale")
    with pytest.raises(ConfigError, match="none is selected"):
        opened.select("state=running").records("scale")
    some = curved.select("main/lr=0.1+selection=best").arrays("training", "accuracy")
    assert {setting.method for setting in some} == {"plain"}  # the forgetful have none


@pytest.mark.parametrize(
    ("flags", "wishes"),
    [
        (["-d"], {}),
        (["-d", "mean"], {"metrics": ["mean"]}),
        (["-d", "mean:gain"], {"metrics": "mean:gain"}),
        (["-d", "--cells", "interval", "--test", "none"], {"cells": "interval", "test": "none"}),
        (["-d", "--best-by", "mean", "--per", "method"], {"best_by": "mean", "per": ["method"]}),
        (["-d", "--sort", "mean", "-o", "gain,method"], {"sort": "mean", "order": "gain,method"}),
        (["-d", "--published", "--alpha", "0.5"], {"published": True, "alpha": 0.5}),
    ],
)
def test_a_table_is_that_of_the_command_line(published, flags, wishes, monkeypatch, capsys):
    monkeypatch.setattr(experiments, "find", lambda name: published.experiment)
    results = published.results.parent
    assert cli.main(["toy", "-s", "main/", "--results", str(results), *flags]) == 0
    shown = capsys.readouterr().out
    assert shown.rstrip("\n") == repr(published.select("main/").table(**wishes))


def test_what_no_table_can_show_is_an_error(opened):
    with pytest.raises(UnknownName, match="did you mean 'mean'"):
        opened.select().table("meen")
    with pytest.raises(UnknownName, match="did you mean 'interval'"):
        opened.select().table(cells="intervals")
    with pytest.raises(SelectorError, match="nothing of experiment 'toy' is selected"):
        opened.select("state=running").table()


def test_a_table_is_html_that_styles_nothing_else(computed):
    methods = ["plain", "gained", "<script>alert(1)</script>"]
    made = replace(
        toy.experiment(hostile={"method": methods, "gain": 2}),
        purpose="a < b & c",
    )
    html = experiment(made, results=computed).select().compute().table("mean")._repr_html_()
    assert "<script" not in html and "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<b>a &lt; b &amp; c</b>" in html and re.search(r"<b>\d", html)
    assert html.count("<div") == html.count("</div>")
    rules = re.findall(r"([^{}]+)\{", STYLE.read_text())
    assert rules and all(
        part.strip().startswith(".sonoplan-table") for rule in rules for part in rule.split(",")
    )


def test_classes_that_are_styled_are_those_that_are_written(published, curved):
    tables = [
        published.select().table(published=True),
        published.select("main/").table("mean:gain"),
        curved.select("main/").table("acc"),
        curved.select("main/method=plain").table("acc"),
    ]
    html = "".join(table._repr_html_().replace(STYLE.read_text(), "") for table in tables)
    written = {name for names in re.findall(r'class="([^"]*)"', html) for name in names.split()}
    styled = {*re.findall(r"\.([a-z][a-z-]*)", STYLE.read_text())}
    assert styled <= written


def test_a_table_is_saved_where_the_command_line_writes_it(opened, tmp_path):
    table = opened.select("main/").table("mean")
    [path] = table.save("notebook.csv")
    assert path == opened.results / "export" / "notebook.csv"
    assert path.read_text().startswith("method,gain,")
    assert table.save(tmp_path / "t.md")[0].read_text().count("|") > 10
    with pytest.raises(UnknownName, match="table format"):
        table.save("notebook.doc")


def test_a_frame_has_the_numbers_of_the_table_in_its_order(opened):
    selected = opened.select("main/")
    table = selected.table(sort="mean")
    frame = table.frame()
    assert frame.index.names == ["method", "gain"]
    assert frame.columns.names == ["metric", "statistic"]
    assert [*frame.columns] == [(m, s) for m in ("mean", "spread") for s in ("mean", "std", "n")]
    assert [*frame.index.get_level_values("gain")[:2]] == [3, 2]
    assert frame.index.get_level_values("gain").isna().tolist() == [False, False, True]
    assert frame["mean"]["mean"].is_monotonic_decreasing
    assert (frame["mean", "n"] == 3).all() and frame["mean", "n"].dtype == "int64"
    shown = [cell.text for line in table.value.lines for cell in line.cells[2:3]]
    assert [f"{value:.2f}" for value in frame["mean", "mean"]] == shown
    runs = selected.runs().groupby(["method", "gain"], dropna=False)["mean"]
    aggregated = runs.agg(["mean", "std"]).reindex(frame.index)
    np.testing.assert_allclose(aggregated, frame["mean"][["mean", "std"]])
    assert frame.attrs == {
        "title": "Numbers drawn and scaled",
        "constants": {},
        "units": {"mean": "", "spread": ""},
    }


def test_a_frame_of_a_pivot_has_its_factors_between(opened, curved):
    frame = opened.select("main/").table("mean:gain").frame()
    assert frame.columns.names == ["metric", "gain", "statistic"]
    assert frame.xs(3, axis=1, level="gain")["mean", "n"].tolist() == [0, 3]
    assert frame.index.tolist() == ["plain", "gained"]
    shown = curved.select("main/method=plain").table("acc:lr").frame()
    means = shown.xs("mean", axis=1, level="statistic")["acc"]
    assert means.columns.tolist() == [0.01, 0.02, 0.1, 0.2]
    assert means[0.2].between(90, 100).all()  # in %, as the table
    assert shown.attrs["units"] == {"acc": "%"} and shown.attrs["constants"] == {"method": "plain"}


def test_a_frame_tells_published_rows_from_ours(published):
    frame = published.select("main/").table("mean", published=True).frame()
    assert frame.index.names == ["method", "gain", "source"]
    assert [*frame.columns.get_level_values("statistic")] == [
        *("mean", "std", "n", "difference", "p")
    ]
    assert frame.index.get_level_values("source").tolist() == [
        *("ours", "Report", "ours", "ours", "Paper")
    ]
    gained = frame.xs(("gained", 3), level=("method", "gain"))["mean"]
    ours, paper = gained.loc["ours"], gained.loc["Paper"]
    assert paper["mean"] == 6.0 and paper["std"] == 0.5 and paper["n"] == 3
    assert paper["difference"] == pytest.approx(ours["mean"] - 6) and 0 < paper["p"] < 1
    report = frame.xs("Report", level="source")["mean"].iloc[0]
    assert pd.isna(report["n"]) and pd.isna(report["p"]) and pd.isna(ours["difference"])


def test_a_frame_of_one_row_is_named_by_its_experiment(opened):
    frame = opened.select("main/method=plain").table("mean").frame()
    assert frame.index.tolist() == ["toy"] and frame.attrs["constants"] == {"method": "plain"}


def test_runs_have_a_row_each_in_the_order_of_the_plans(opened):
    runs = opened.select().runs()
    assert [*runs.columns] == [
        *("method", "gain", "run", "mean", "spread"),
        *("state", "id", "commit", "host", "finished"),
    ]
    assert [*runs["run"]] == [0, 1, 2] * 4 and runs["gain"].dtype == "Int64"
    assert runs["state"].tolist() == ["done"] * 9 + ["failed"] * 3
    assert runs["mean"].isna().tolist() == [False] * 9 + [True] * 3
    records = opened.select("main/").records("scale")
    for (_, run), (setting, record) in zip(runs.iterrows(), records.items(), strict=False):
        assert run["run"] == setting.run and run["mean"] == record["values"].mean()
        assert run["id"] == record.folder.name and run["host"] == record.meta["host"]
    assert runs["finished"].dt.tz is not None
    assert runs["finished"].max() < pd.Timestamp.now("UTC") and runs["finished"].isna().sum() == 3


def test_runs_are_in_the_unit_of_the_tables(curved):
    runs = curved.select("main/method=plain+lr=0.2").runs("acc")
    assert [*runs.columns[:3]] == ["selection", "run", "acc"]
    assert runs["acc"].between(80, 100).all()
    assert runs.attrs == {"constants": {"method": "plain", "lr": 0.2}, "units": {"acc": "%"}}
    with pytest.raises(UnknownName, match="did you mean 'acc'"):
        curved.select().runs("ac")


def test_one_run_names_its_replicate(opened):
    [row] = opened.select("main/method=plain+run=1").runs("mean").to_dict("records")
    assert row["run"] == 1 and "method" not in row


def test_no_run_is_a_frame_without_rows(opened):
    runs = opened.select("state=running").runs("mean")
    assert len(runs) == 0 and [*runs.columns] == [
        *("mean", "state", "id", "commit", "host", "finished")
    ]


def test_names_that_are_used_twice_both_stay(tmp_path):
    metrics = [Metric("x", "one", lambda record: 1.0), Metric("state", "one", lambda record: 2.0)]
    made = Experiment(
        "twice", "", [Plan("p", x=[1, 2])], [Stage("one", "toy:nothing", uses=["x"])], metrics
    )
    selected = experiment(made, results=tmp_path).select().compute()
    assert [*selected.runs().columns].count("x") == 2 == [*selected.runs().columns].count("state")


def test_a_frame_can_be_kept_as_a_file(published):
    frame = published.select("main/").table("mean", published=True).frame()
    runs = published.select().runs()
    frame.to_csv("frame.csv")
    runs.to_csv("runs.csv", index=False)
    back = pd.read_csv("runs.csv", dtype={"gain": "Int64"}, parse_dates=["finished"])
    assert_frame_equal(back.drop(columns="finished"), runs.drop(columns="finished"))
    assert json.loads(json.dumps(runs.attrs)) == runs.attrs


def test_a_figure_is_a_picture_and_can_be_saved(curved, tmp_path):
    drawn = curved.select("main/selection=best").figure("curve:accuracy")
    png, size = drawn._repr_png_()
    assert png.startswith(b"\x89PNG") and size["width"] > size["height"] > 100
    assert repr(drawn) == "figure curve:accuracy of figured"
    drawn.figure.axes[0].set_title("mine")
    assert drawn._repr_png_()[0] != png
    assert drawn.save() == curved.results / "export" / "curve-accuracy.pdf"
    assert drawn.save(tmp_path / "mine.svg").read_text().startswith("<?xml")
    with pytest.raises(UnknownName, match="did you mean 'curve'"):
        curved.select().figure("curv:accuracy")


def test_nothing_heavy_is_imported_before_it_is_needed():
    code = (
        "import sys, launch.notebook; "
        "print({'pandas', 'matplotlib', 'torch', 'scipy', 'IPython'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(notebook_page.ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "set()"


QUICK = """
import warnings
from launch import experiments
warnings.simplefilter("error", FutureWarning)
find = experiments.find
quick = {"epochs": ["2"], "probe_epochs": ["2"], "width": ["0.0625"]}
experiments.find = lambda name: find(name).with_modalities(quick)
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Run the cells of the page in Jupyter, with two epochs instead of forty."""
    page = notebook_page.PAGE.read_text()
    folder = tmp_path_factory.mktemp("page")
    return notebook_page.run(notebook_page.cells(page), folder, QUICK)


def outputs(notebook, code):
    """Give the outputs of the first cell that has some code, by kind."""
    cell = next(c for c in notebook.cells if c.cell_type == "code" and code in c.source)
    found = {}
    for output in cell.outputs:
        found |= output.get("data", {}) if "data" in output else {"stream": output["text"]}
    return found


@pytest.mark.xdist_group("notebook")
def test_the_page_runs_in_a_real_kernel(ran):
    assert "6 settings: 6 to do" in outputs(ran, 'demo = icbhi.select("demo/")')["text/plain"]
    computing = next(c for c in ran.cells if c.source.startswith("demo.compute"))
    streams = "".join(o.text for o in computing.outputs if o.output_type == "stream")
    assert "16 tasks to compute" in streams and "16 done, 0 failed" in streams
    assert "\x1b" not in streams and not any(o.get("name") == "stderr" for o in computing.outputs)
    assert [o.data["text/plain"] for o in computing.outputs if o.output_type == "display_data"] == [
        ""  # bars, gone
    ]
    assert "6 settings: 6 done" in outputs(ran, "demo.compute")["text/plain"]


@pytest.mark.xdist_group("notebook")
def test_jupyter_shows_tables_frames_and_figures(ran):
    table = outputs(ran, "table = demo.table")
    assert (
        '<div class="sonoplan-table">' in table["text/html"] and "\x1b" not in table["text/plain"]
    )
    frame = outputs(ran, "frame = table.frame()")
    assert "<table" in frame["text/html"] and len(frame["text/plain"].splitlines()) == 2 + 3
    assert len(outputs(ran, "runs = demo.runs")["text/plain"].splitlines()) == 1 + 6
    assert len(outputs(ran, 'demo.figure("curve:loss")')["image/png"]) > 10_000
    assert "did you mean 'loss'" in outputs(ran, "except KeyError")["stream"]


@pytest.mark.xdist_group("notebook")
def test_the_page_and_the_notebook_have_the_same_cells_and_outputs(ran):
    page = notebook_page.PAGE.read_text()
    notebook = nbformat.read(notebook_page.NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert notebook_page.written(notebook) == page
    assert [c.source for c in notebook_page.cells(page)] == [c.source for c in ran.cells]
