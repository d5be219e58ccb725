"""`--search N` from the command line: draws, computes, goes on, and says what is best."""

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import searched

from front_door import settle, type_in
from launch import experiments

TPE = ("--search-by", "tpe", "--search-batch", "4", "--jobs", "1")
Sonoplan = Callable[..., tuple[int, str, str]]


@pytest.fixture
def counted(tmp_path, monkeypatch) -> Path:
    """A folder with a file for each setting whose training was begun."""
    folder = tmp_path / "counted"
    folder.mkdir()
    monkeypatch.setenv("COUNTED", str(folder))
    return folder


@pytest.fixture
def sonoplan(tmp_path, monkeypatch, capsys) -> Sonoplan:
    """Run the command line on the smooth function: gives exit status, output, messages."""
    settle(tmp_path, monkeypatch)
    monkeypatch.setattr(experiments, "find", lambda _: searched.experiment())
    return partial(type_in, capsys, "smooth")


def listed(sonoplan: Sonoplan, *words: str) -> list[str]:
    """The labels of the settings that a search draws, and nothing else."""
    document = json.loads(sonoplan("-s", "sweep/", *words, "-l", "--json")[1])
    return [setting["label"] for setting in document["settings"]]


RANDOM = ("-s", "sweep/", "--jobs", "1")


def test_a_seed_draws_the_same_settings_with_all_their_runs(sonoplan):
    ten = listed(sonoplan, "--search", "10")
    assert len(set(ten)) == 20
    assert len({label.replace("run=1", "run=0") for label in ten}) == 10
    assert listed(sonoplan, "--search", "10") == ten
    assert set(listed(sonoplan, "--search", "25")) > set(ten)
    assert not set(listed(sonoplan, "--search", "10", "--search-seed", "1")) & set(ten)


def test_what_was_drawn_is_found_done_and_more_extends_it(sonoplan, counted):
    status, _, err = sonoplan(*RANDOM, "--search", "5", "-c")
    assert status == 0
    assert "12 tasks to compute" in err
    assert "5 of 5 settings tried; best score" in err
    assert "(mean of 2 runs): " in err
    assert "nothing to compute" in sonoplan(*RANDOM, "--search", "5", "-c")[2]
    assert "2 done" in sonoplan(*RANDOM, "--search", "6", "-c")[2]
    assert len(list(counted.iterdir())) == 6


def test_a_conditional_factor_is_drawn_only_where_it_exists(sonoplan):
    for words in (("--search", "200"), ("--search", "200", "-s", "sweep/lr<1e-5")):
        for label in listed(sonoplan, *words):
            assert ("layers=" in label) == ("depth=deep" in label)


def test_the_commands_that_are_told_show_what_was_drawn(sonoplan, tmp_path):
    err = sonoplan(*RANDOM, "--search", "12", "--search-seed", "2", "-c")[2]
    told = dict(line.split(": sonoplan smooth ", 1) for line in err.splitlines() if ": so" in line)
    assert set(told) == {"all of them", "how it went", "what matters"}
    status, out, _ = sonoplan(*told["all of them"].split(), "--json")
    assert status == 0
    rows = json.loads(out)["table"]["rows"]
    assert len(rows) == 12
    status, out, _ = sonoplan(*told["how it went"].split(), "best.svg")
    assert status == 0
    assert Path(out.strip()).read_text().startswith("<?xml")


def test_fewer_settings_than_asked_for_are_all_drawn(sonoplan):
    status, _, err = sonoplan("-s", "few/", "--search", "50", "-c", "--jobs", "1")
    assert status == 0
    assert "picks 6 settings, fewer than 50: all of them are drawn" in err
    assert "6 of 6 settings tried" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--search", "0"), "'0' is no whole number above 0"),
        (("--search", "5", "--metric", "scor"), "did you mean 'score'?"),
        (("--search", "5", "--metric", "plain"), "'plain' has no direction"),
        (("--search", "5", "--search-by", "tpee"), "did you mean 'tpe'?"),
        (("--search-by", "tpe"), "--search N"),
        (("--search", "5", "-s", "few/state=done"), "leave out state and id"),
    ],
)
def test_what_cannot_be_searched_is_refused(sonoplan, words, told):
    sonoplan("-s", "few/", "-c", "--jobs", "1")
    status, _, err = sonoplan(*words)
    assert status == 2
    assert told in err


def test_tpe_without_optuna_says_how_to_get_it(sonoplan, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    status, _, err = sonoplan("-s", "sweep/", "--search", "5", "--search-by", "tpe", "-c")
    assert status == 2
    assert "pip install optuna" in err


def test_dry_run_shows_what_would_be_drawn_and_computes_nothing(sonoplan, tmp_path):
    for by in ((), TPE):
        status, out, err = sonoplan(*RANDOM, *by, "--search", "3", "-c", "--dry-run")
        assert status == 0
        assert out.count("training ") == 6
        assert "8 tasks would be computed" in err
    assert not (tmp_path / "results").exists()


def test_tpe_draws_in_batches_until_enough_were_tried(sonoplan, counted):
    status, _, err = sonoplan(*RANDOM, *TPE, "--search", "10", "-c")
    assert status == 0
    drawn = [line for line in err.splitlines() if "drawn by tpe" in line]
    assert [line.partition(",")[0] for line in drawn] == [
        "settings 1 to 4 of 10",
        "settings 5 to 8 of 10",
        "settings 9 to 10 of 10",
    ]
    assert len(list(counted.iterdir())) == 10
    again = sonoplan(*RANDOM, *TPE, "--search", "10", "-c")[2]
    assert "drawn by" not in again
    assert "10 of 10 settings tried" in again
    assert len(listed(sonoplan, *TPE, "--search", "10")) == 20


def test_tpe_goes_on_from_what_chance_has_found(sonoplan, counted):
    sonoplan(*RANDOM, "--search", "10", "-c")
    err = sonoplan(*RANDOM, *TPE, "--search", "12", "-c")[2]
    assert "settings 11 to 12 of 12" in err
    assert len(list(counted.iterdir())) == 12


def test_a_search_that_was_stopped_draws_its_batch_again(sonoplan, counted, monkeypatch):
    """Stopped after any number of tasks and called again, it computes what it would have."""
    sonoplan(*RANDOM, *TPE, "--search", "8", "-c", "--results", "whole")
    whole = {file.name for file in counted.iterdir()}
    real = searched.measure
    left = iter(range(11))

    def stopped(*arguments):
        if next(left, None) is None:
            raise KeyboardInterrupt
        real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(searched, "measure", stopped)
        status, _, err = sonoplan(*RANDOM, *TPE, "--search", "8", "-c")
    assert status == 130
    assert "the same command goes on from there" in err
    assert sonoplan(*RANDOM, *TPE, "--search", "8", "-c")[0] == 0
    assert {file.name for file in counted.iterdir()} == whole


def test_failed_settings_are_told_and_not_drawn_again(sonoplan, counted, monkeypatch):
    made = searched.experiment(largest_lr=1e3)
    monkeypatch.setattr(experiments, "find", lambda _: made)
    status, _, err = sonoplan(*RANDOM, *TPE, "--search", "12", "-c")
    assert status == 1
    assert "the loss is not finite" in err
    assert "12 of 12 settings tried" in err
    assert "without a value; best score" in err
    begun = {file.stat().st_mtime_ns for file in counted.iterdir()}
    status, _, err = sonoplan(*RANDOM, *TPE, "--search", "12", "-c")
    assert status == 0
    assert {file.stat().st_mtime_ns for file in counted.iterdir()} == begun


def test_fail_fast_ends_the_search(sonoplan, monkeypatch):
    made = searched.experiment(largest_lr=1e3)
    monkeypatch.setattr(experiments, "find", lambda _: made)
    words = ("-s", "sweep/lr>1", *TPE, "--search", "12", "-c", "--fail-fast")
    status, _, err = sonoplan(*words)
    assert status == 1
    assert err.count("drawn by tpe") == 1


def test_a_metric_where_less_is_better_is_searched_downwards(sonoplan):
    words = (*RANDOM, *TPE, "--search", "30", "-c", "--metric", "error")
    err = sonoplan(*words)[2]
    best = float(err.rpartition("; best error ")[2].split()[0])
    out = sonoplan(*(word for word in words if word != "-c"), "-d", "error", "--json")[1]
    rows = json.loads(out)["table"]["rows"]
    assert len(rows) == 30
    assert best < 0


def test_tables_of_a_very_large_plan_show_what_was_computed(sonoplan):
    sonoplan(*RANDOM, "--search", "6", "-c")
    _, out, err = sonoplan("-s", "sweep/", "-d", "--json")
    assert len(json.loads(out)["table"]["rows"]) == 6
    assert "the 12 that were computed are shown" in err
    out = sonoplan("-s", "sweep/state=done", "-l", "--json")[1]
    assert len(json.loads(out)["settings"]) == 12
    assert "no setting is selected" in sonoplan("-s", "sweep/state=failed", "-l")[2]


def test_status_and_removal_in_a_very_large_plan_look_at_what_was_computed(sonoplan, tmp_path):
    sonoplan(*RANDOM, "--search", "4", "-c")
    status = json.loads(sonoplan("--status", "--json")[1])["status"]
    assert status["stages"] == {"preparation": {"done": 2}, "training": {"done": 8}}
    assert sonoplan(*RANDOM, "--search", "3", "-R", "--yes")[0] == 0
    kept = {
        stage: len(list((tmp_path / "results" / "smooth" / stage).glob("[0-9a-f]*")))
        for stage in ("preparation", "training")
    }
    assert kept == {"preparation": 2, "training": 2}  # one setting is left, and what it needs
