"""Tables from the command line: pivots, the best settings, order, rankings, provenance."""

import csv
import json
import platform
from dataclasses import replace
from functools import partial

import pytest

import toy
from core import Metric
from export import significance
from front_door import settle, type_in
from launch import experiments, rows

PUBLISHED = """\
row,citation,method,gain,n,mean,mean_std,definition,selection,comparable,note
"gained, 3",Paper,gained,3,3,6.0,0.5,,,yes,
plain,Paper,plain,,3,5.0,0.5,,,yes,
"""


@pytest.fixture
def sonoplan(tmp_path, monkeypatch, capsys):
    """Run the command line on the toy experiment, computed: exit status, output, messages."""
    settle(tmp_path, monkeypatch)
    folder = tmp_path / "plans"
    (folder / "published").mkdir(parents=True)
    (folder / "published" / "toy.csv").write_text(PUBLISHED)
    monkeypatch.setattr(rows.plans, "__path__", [str(folder)])
    plans = {"grid": {"method": ["plain", "gained", "longest"], "gain": [2, 3]}}
    made = replace(toy.experiment(**plans), published="toy.csv")
    monkeypatch.setattr(experiments, "find", lambda name: made)
    run = partial(type_in, capsys, "toy")
    assert run("-c")[0] == 0
    return run


@pytest.fixture
def exported(tmp_path):
    return tmp_path / "results" / "toy" / "export"


def table(sonoplan, *arguments):
    return json.loads(sonoplan(*arguments, "--json")[1])["table"]


@pytest.mark.parametrize("asked", ["mean:gain", "gain:0", "0:gain", "0,gain"])
def test_a_pivot_has_a_column_for_each_modality(sonoplan, asked):
    status, out, _ = sonoplan("-d", asked)
    assert status == 0 and "mean ↑ by gain" in out
    found = table(sonoplan, "-d", asked)
    assert [metric["at"] for metric in found["metrics"]] == [{"gain": 2}, {"gain": 3}]
    assert len(found["rows"]) == 3
    row = found["rows"][0]["metrics"]["mean gain=2"]
    assert row["n"] == 3 and len(row["tasks"]) == 3


def test_the_best_setting_of_each_method_is_shown_with_what_was_chosen(sonoplan):
    found = table(sonoplan, "-d", "spread", "--best-by", "mean", "--per", "method")
    assert found["factors"] == ["method", "gain"]
    assert [metric["name"] for metric in found["metrics"]] == ["spread"]
    everything = table(sonoplan, "-d", "mean")["rows"]
    for row in found["rows"]:
        rivals = [r for r in everything if r["setting"]["method"] == row["setting"]["method"]]
        best = max(rivals, key=lambda r: r["metrics"]["mean"]["mean"])
        assert row["setting"] == best["setting"]
    assert found["notes"][0]["text"].startswith("For each method: best of 2 settings by mean")


def test_rows_by_a_metric_or_as_published(sonoplan):
    found = table(sonoplan, "-d", "spread", "--sort", "mean")["rows"]
    means = {json.dumps(r["setting"]): r for r in table(sonoplan, "-d", "mean")["rows"]}
    values = [means[json.dumps(r["setting"])]["metrics"]["mean"]["mean"] for r in found]
    assert values == sorted(values, reverse=True) and len({*values}) == 6
    kept = table(sonoplan, "-d", "--sort", "mean", "-o", "gain")["rows"]
    assert [row["setting"]["gain"] for row in kept] == [2, 2, 2, 3, 3, 3]
    cited = table(sonoplan, "-d", "--sort", "published", "--published")
    assert cited["rows"][0]["setting"] == {"method": "gained", "gain": 3}
    assert cited["published"][0]["differences"]["mean"]["value"] != 0


def test_published_rows_are_pivoted_too(sonoplan):
    found = table(sonoplan, "-d", "mean:gain", "--published")
    assert [row["metrics"] for row in found["published"]] == [
        {"mean gain=3": {"mean": 6.0, "std": 0.5}}
    ]


def test_a_ranking_is_shown_and_written_with_its_diagram(sonoplan, exported):
    status, out, _ = sonoplan("--rank", "gain", "-d", "mean", "-e", "ranks.csv")
    assert status == 0 and "mean rank ↓" in out and "against" in out
    assert sorted(path.name for path in exported.iterdir()) == [
        *("ranks-critical-difference.pdf", "ranks-pairs.csv", "ranks.csv")
    ]
    with (exported / "ranks.csv").open(newline="") as file:
        found = list(csv.DictReader(file))
    assert len(found) == 3 and {float(row["gain=2"]) for row in found} == {1, 2, 3}
    sonoplan("--rank", "gain", "-d", "mean", "-e", "ranks.png")
    assert (exported / "ranks-critical-difference.png").is_file()
    assert {"table", "pairs"} <= json.loads(
        sonoplan("--rank", "gain", "-d", "mean", "--json")[1]
    ).keys()


def test_a_ranking_of_the_best_settings(sonoplan):
    found = table(sonoplan, "-d", "mean", "--rank", "method", "--best-by", "mean", "--per", "gain")
    assert len(found["rows"]) == 2
    assert found["notes"][-1]["text"].startswith("For each gain and method: best of 1 setting")


@pytest.mark.parametrize("row", ["3", "method=gained+gain=2"])
def test_why_tells_of_each_run_its_task_and_its_machine(sonoplan, row):
    status, out, _ = sonoplan("--why", row)
    assert status == 0 and "row 3: method=gained, gain=2" in out
    assert out.count(platform.node()) >= 6 and "mean ↑" in out and "run=2" in out
    (told,) = json.loads(sonoplan("--why", row, "--json")[1])["why"]
    listed = json.loads(sonoplan("-l", "--json")[1])["settings"]
    tasks = [s["tasks"]["scale"] for s in listed if s["setting"]["gain"] == 2][3:6]
    assert [run["task"] for run in told["runs"]] == tasks * 2
    assert all(run["seconds"] >= 0 and run["stage"] == "scale" for run in told["runs"])


def test_a_metric_that_no_record_holds_is_told_a_few_times(sonoplan, monkeypatch):
    made = experiments.find("toy")
    absent = Metric("absent", made.metrics[0].stage, lambda record: float(record["absent"]))
    monkeypatch.setattr(experiments, "find", lambda name: replace(made, metrics=[absent]))
    status, out, errors = sonoplan("-d")
    assert status == 0 and out.count("?") == 6 + 1  # rows, and what the mark means
    assert errors.count("has no array 'absent'") == 3
    assert "15 more values cannot be read" in errors


def test_why_alone_tests_nothing(sonoplan, monkeypatch):
    tested = []
    monkeypatch.setattr(significance, "p_values", lambda *given: tested.append(given) or [1.0] * 9)
    assert sonoplan("--why", "1")[0] == 0 and not tested
    assert sonoplan("--why", "1", "-d")[0] == 0 and tested


def test_why_tells_of_code_that_was_not_committed(sonoplan, monkeypatch):
    changed = {"commit": "abcdef0123456789", "dirty": True}
    monkeypatch.setattr("launch.compute.code_version", lambda: changed)
    assert sonoplan("-t", "mine", "-s", "method=plain", "-c")[0] == 0
    out = sonoplan("-t", "mine", "-s", "method=plain", "--why", "1")[1]
    assert "abcdef01+" in out and "+ with changes that were not committed" in out


def test_why_tells_what_is_missing(sonoplan):
    sonoplan("-s", "method=longest+run=0", "-R", "scale", "--yes")
    out = sonoplan("--why", "method=longest+gain=2")[1]
    assert "to do" in out and out.count(platform.node()) == 4


def test_why_selects_among_the_rows_of_the_table_only(sonoplan):
    assert sonoplan("-s", "gain=2", "--why", "gain=3")[2].count("no row of the table") == 1
    out = sonoplan("-d", "mean:gain", "--why", "method=plain")[1]
    assert "row 1: method=plain" in out and "mean gain=3" in out


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (["-d", "mean:gian"], "did you mean 'gain'"),
        (["-d", "gian:0"], "did you mean 'gain'"),
        (["-d", "mean:run"], "is a replicate factor"),
        (["-d", "--best-by", "maen"], "did you mean 'mean'"),
        (["-d", "--best-by", "mean", "--per", "gian"], "did you mean 'gain'"),
        (["-d", "--best-by", "spread"], "'spread' has no direction"),
        (["-d", "--per", "gain"], "--best-by METRIC"),
        (["-d", "--sort", "maen"], "did you mean 'mean'"),
        (["-d", "mean", "--rank", "gian"], "did you mean 'gain'"),
        (["-d", "spread", "--rank", "gain"], "metric with a direction"),
        (["-d", "mean:gain", "--rank", "gain"], "without pivot"),
        (["-d", "--rank", "gain", "--why", "1"], "give one"),
        (["--why", "9"], "rows 1 to 6"),
        (["--why", "metod=plain"], "did you mean 'method'"),
    ],
)
def test_wrong_requests_exit_2_and_name_the_nearest(sonoplan, wrong, told):
    status, _, err = sonoplan(*wrong)
    assert status == 2 and told in err and "Traceback" not in err
