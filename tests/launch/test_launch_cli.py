import json
import os
import platform
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

import engine
from front_door import settle, type_in
from launch import experiments

ROOT = Path(__file__).parents[2]


@pytest.fixture
def sonoplan(tmp_path, monkeypatch, capsys):
    """Run the command line on the toy experiment: gives exit status, output, messages."""
    settle(tmp_path, monkeypatch)
    monkeypatch.setattr(experiments, "names", lambda: ["toy", "icbhi"])
    real = experiments.find
    monkeypatch.setattr(
        experiments, "find", lambda n: engine.toy.experiment() if n == "toy" else real(n)
    )
    return partial(type_in, capsys)


def test_listing_shows_state_what_varies_and_the_selection_as_understood(sonoplan):
    status, out, err = sonoplan("toy", "-s", "main/method=gained", "-l")
    assert status == 0
    assert "constant: method=gained" in out
    assert out.count("to do") == 6
    assert "plan main: method is gained" in err


def test_plan_shows_numbered_factors(sonoplan):
    out = sonoplan("toy", "-s", "main/", "-p")[1]
    assert "plan main: 9 settings" in out
    assert "2, 3 (when method=gained)" in out


def test_compute_display_status_and_json(sonoplan):
    assert sonoplan("toy", "-s", "main/", "-c")[0] == 0
    out = sonoplan("toy", "-s", "main/", "--status")[1]
    assert "nothing is left to compute" in out
    status, out, _ = sonoplan("toy", "-s", "main/", "-l", "-d", "--status", "--json")
    document = json.loads(out)
    assert status == 0
    assert document["settings"][0]["state"] == "done"
    assert document["settings"][0]["label"] == "method=plain+run=0"
    assert document["status"]["stages"]["scale"] == {"done": 9}
    assert len(document["table"]["rows"]) == 3


def test_computing_again_has_nothing_to_do(sonoplan):
    sonoplan("toy", "-s", "main/", "-c")
    assert "nothing to compute: 12 tasks are done" in sonoplan("toy", "-s", "main/", "-c")[2]


def test_failures_are_told_together_with_their_log_and_the_way_on(sonoplan):
    status, _, err = sonoplan("toy", "-c")
    assert status == 1
    assert "12 done, 3 failed" in err
    assert "(and 2 more like it): ValueError: this method is broken" in err
    assert "| about to break" in err
    assert 'raise ValueError("this method is broken")' in err
    wanted = err.split("sonoplan toy --log ")[1].split()[0]
    out = sonoplan("toy", "--log", wanted[:7])[1]
    assert "about to break" in out
    assert "Traceback" in out


def test_what_failed_is_tried_again_left_alone_or_tried_alone(sonoplan):
    sonoplan("toy", "-s", "odd/", "-c")
    assert "3 tasks to compute" in sonoplan("toy", "-s", "odd/", "-c")[2]
    assert "nothing to compute" in sonoplan("toy", "-s", "odd/", "-c", "-S")[2]
    assert "3 tasks to compute" in sonoplan("toy", "--retry")[2]
    assert sonoplan("toy", "-s", "state=failed", "-l")[1].count("failed") == 3


def test_dry_run_says_what_and_why_and_computes_nothing(sonoplan, tmp_path):
    status, out, err = sonoplan("toy", "-s", "main/run=0", "-c", "--dry-run")
    assert status == 0
    assert out.count("missing") == 4
    assert "4 tasks would be computed" in err
    assert not (tmp_path / "results").exists()


def test_ids_select(sonoplan):
    sonoplan("toy", "-s", "main/", "-c")
    listed = json.loads(sonoplan("toy", "-s", "main/", "-l", "--json")[1])["settings"]
    task = listed[4]["tasks"]["scale"]
    found = json.loads(sonoplan("toy", "-s", f"id={task[:8]}", "-l", "--json")[1])["settings"]
    assert [s["label"] for s in found] == [listed[4]["label"]]
    assert sonoplan("toy", "-s", "id=zzz", "-l")[0] == 2


def test_a_selection_that_no_state_fits_is_no_wrong_request(sonoplan, monkeypatch):
    made = engine.toy.experiment(main={"method": ["plain", "hybrid"]})  # `id` stands in a name
    monkeypatch.setattr(experiments, "find", lambda _: made)
    status, out, err = sonoplan("toy", "-s", "method=hybrid+state=failed", "-l")
    assert (status, out) == (0, "")
    assert "no setting is selected" in err


def test_set_tries_other_modalities(sonoplan):
    out = sonoplan("toy", "-s", "main/method=gained+run=0", "--set", "gain=5,7", "-l")[1]
    assert [word for word in ("5", "7") if word in out.split()] == ["5", "7"]


def test_removing_asks_matches_exactly_and_moves_to_the_trash(sonoplan, tmp_path):
    sonoplan("toy", "-s", "main/", "-c")
    gained = "main/method=gained"
    status, _, err = sonoplan("toy", "-s", gained, "-R", "scale")
    assert (status, "nothing was removed" in err) == (2, True)
    assert sonoplan("toy", "-s", gained, "-R", "scale", "--yes")[0] == 0
    left = [p.name for p in (tmp_path / "results" / "toy" / "scale").glob("[0-9a-f]*")]
    trash = list((tmp_path / "results" / ".trash").glob("*/toy/scale/*"))
    assert (len(left), len(trash)) == (3, 6)
    states = json.loads(sonoplan("toy", "-s", "main/", "-l", "--json")[1])["settings"]
    assert [s["state"] for s in states] == ["done"] * 3 + ["to do"] * 6


def test_removing_all_leaves_what_other_settings_use(sonoplan, tmp_path):
    sonoplan("toy", "-s", "main/", "-c")
    sonoplan("toy", "-s", "main/method=plain", "-R", "--yes")
    results = tmp_path / "results" / "toy"
    assert len(list((results / "draw").glob("[0-9a-f]*"))) == 3
    assert len(list((results / "scale").glob("[0-9a-f]*"))) == 6


def test_removing_what_was_tried_with_set_leaves_what_the_plans_use(sonoplan, tmp_path):
    tried = ("toy", "-s", "main/:odd/", "--set", "gain=7")
    sonoplan(*tried, "-c")
    assert sonoplan(*tried, "-R", "--yes")[0] == 0
    results = tmp_path / "results" / "toy"
    assert len(list((results / "draw").glob("[0-9a-f]*"))) == 3  # gain=2 needs them
    assert not list((results / "scale").glob("[0-9a-f]*"))


def test_keeping_moves_all_others_away(sonoplan, tmp_path):
    sonoplan("toy", "-c")
    assert sonoplan("toy", "-s", "main/run=0", "-K", "--yes")[0] == 0
    results = tmp_path / "results" / "toy"
    assert len(list(results.glob("*/[0-9a-f]*"))) == 4
    assert not list(results.glob("*/.work/*"))


def test_nothing_is_removed_without_a_selector(sonoplan):
    for flag in ("-R", "-K"):
        status, _, err = sonoplan("toy", flag, "--yes")
        assert status == 2
        assert "need a selector" in err


def test_an_archive_is_a_results_folder(sonoplan, tmp_path):
    sonoplan("toy", "-s", "main/", "-c")
    for copied in (4, 0):
        err = sonoplan("toy", "-s", "main/run=0", "-A", str(tmp_path / "archive"))[2]
        assert f"{copied} records copied" in err
    out = sonoplan("toy", "-s", "main/run=0", "--status", "--results", str(tmp_path / "archive"))[1]
    assert "nothing is left to compute" in out


def test_a_tag_keeps_results_apart(sonoplan, tmp_path):
    sonoplan("toy", "-s", "main/run=0", "-c", "-t", "try")
    assert (tmp_path / "results" / "tags" / "try" / "toy" / "draw").is_dir()
    assert "missing" in sonoplan("toy", "-s", "main/run=0", "-c", "--dry-run")[1]


def test_a_name_without_a_suffix_is_a_table_in_every_format(sonoplan, tmp_path):
    sonoplan("toy", "-s", "main/", "-c")
    out = sonoplan("toy", "-s", "main/", "-e", "all")[1]
    written = sorted((tmp_path / "results" / "toy" / "export").iterdir())
    assert sorted(out.split()) == [str(path) for path in written]
    suffixes = {path.suffix for path in written}
    assert suffixes == {".csv", ".html", ".md", ".pdf", ".png", ".svg", ".tex", ".xlsx"}
    page = next(path for path in written if path.suffix == ".html").read_text()
    assert platform.node() in page  # where the values were computed
    assert sonoplan("toy", "-s", "main/", "-e", ".md")[1].split()[0].endswith("/toy.md")


@pytest.mark.parametrize(
    "wrong",
    [["-d", "maen"], ["-e", "x.pgn"], ["-d", "--cells", "meen"], ["-d", "--test", "anova"]],
)
def test_a_table_that_cannot_be_drawn_is_refused_before_computing(sonoplan, tmp_path, wrong):
    assert sonoplan("toy", "-s", "main/", "-c", *wrong)[0] == 2
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["toi"], "did you mean 'toy'"),
        (["toy", "-s", "metod=plain", "-l"], "did you mean 'method'"),
        (["toy", "-s", "method=plan", "-l"], "did you mean 'plain'"),
        (["toy", "-s", "state=finished", "-l"], "no state is 'finished'"),
        (["toy", "-s", "id<3", "-l"], "= and != only"),
        (["toy", "--set", "gian=1", "-l"], "did you mean 'gain'"),
        (["toy", "--set", "gain", "-l"], "--set FACTOR=A,B"),
        (["toy", "-c", "zero"], "is no whole number above 0"),
        (["toy", "-c", "--jobs", "0"], "is no whole number above 0"),
        (["toy", "-d", "maen"], "did you mean 'mean'"),
        (["toy", "-o", "gian", "-l"], "did you mean 'gain'"),
        (["toy", "--log", "zz"], "unknown task id"),
        (["toy", "-s", "main/", "-R", "scael", "--yes"], "did you mean 'scale'"),
        (["toy", "--data", "x=/tmp", "-l"], "unknown dataset 'x'"),
        (["toy", "-P", "z"], "invalid choice"),
        (["toy", "--lst"], "unrecognized arguments"),
        (["toy", "--tag", "../up", "-l"], "tag '../up'"),
        (["toy", "--published", "-d"], "has no published rows"),
    ],
)
def test_wrong_requests_exit_2_and_name_the_nearest(sonoplan, arguments, told):
    status, _, err = sonoplan(*arguments)
    assert status == 2
    assert told in err
    assert "Traceback" not in err


def test_version_and_help_exit_0(sonoplan):
    status, out, _ = sonoplan("-v")
    assert (status, out.split()[0]) == (0, "sonoplan")
    assert sonoplan("--help")[0] == 0


def test_without_an_action_the_experiment_is_described(sonoplan):
    out = sonoplan("toy")[1]
    assert "Numbers drawn and scaled" in out
    assert "scale" in out


def test_a_file_in_the_way_of_results_is_refused_before_anything_runs(sonoplan, tmp_path):
    (tmp_path / "file").write_text("")
    status, _, err = sonoplan("toy", "-c", "--results", str(tmp_path / "file"))
    assert status == 2
    assert "--results PATH" in err


@pytest.mark.parametrize("module", ["torch", "numpy", "matplotlib"])
def test_listing_does_not_import_what_is_slow(tmp_path, module):
    code = (
        "import sys; from launch.cli import main; "
        f"assert main(['icbhi', '-s', 'demo/', '-l']) == 0; assert {module!r} not in sys.modules"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_output_into_a_closed_pipe_is_no_error(tmp_path):
    command = f"{sys.executable} {ROOT}/tests/run_toy.py toy -f --results {tmp_path} | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("sonoplan toy -s ma", "main/"),
        ("sonoplan toy -s main/me", "main/method=plain"),
        ("sonoplan toy --ret", "--retry"),
    ],
)
def test_the_shell_completes_plans_factors_modalities_and_flags(tmp_path, typed, offered):
    answer = tmp_path / "answer"
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_IFS": "\n",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
        "COMP_LINE": typed,
        "COMP_POINT": str(len(typed)),
    }
    command = [sys.executable, str(ROOT / "tests" / "run_toy.py")]
    subprocess.run(command, env=environment, capture_output=True, check=False)
    assert offered in [word.strip() for word in answer.read_text().split("\n")]
