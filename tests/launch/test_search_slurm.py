"""`--search N --slurm`: each batch is a submission, and the next is drawn when it has ended."""

import json
from functools import partial

import pytest

import engine
from front_door import settle, type_in
from launch import cli, experiments, live
from launch.slurm import queue, submission
from launch.slurm.accounting import Accounting


@pytest.fixture
def sonoplan(tmp_path, monkeypatch, capsys, slurm):
    """Run the command line on the toy experiment, beside a stand-in for Slurm."""
    settle(tmp_path, monkeypatch)
    monkeypatch.setattr(experiments, "find", lambda _: engine.toy.experiment(p={"gain": range(9)}))
    monkeypatch.setattr(queue, "_ACCOUNTING", Accounting())
    monkeypatch.setattr(submission, "PAUSES", (0.0, 0.0))
    return partial(type_in, capsys, "toy", "-s", "run=0")


LOOK = ("--search", "3", "--search-by", "tpe", "--search-batch", "2")
TPE = (*LOOK, "-c", "--slurm")


def test_settings_drawn_by_chance_are_one_submission(sonoplan, slurm):
    status, out, _ = sonoplan("--search", "3", "-c", "--slurm")
    assert status == 0
    assert out.splitlines() == [
        "job 1001: stage draw, 1 tasks in 1 jobs",
        "job 1002: stage scale, 3 tasks in 3 jobs",
    ]
    assert "nothing to submit" in sonoplan("--search", "3", "-c", "--slurm")[2]


def test_the_next_batch_is_drawn_when_the_records_are_there(sonoplan, slurm, monkeypatch):
    monkeypatch.setattr(live, "sleep", lambda _: slurm.run_all())
    status, out, err = sonoplan(*TPE)
    assert status == 0
    assert out.splitlines() == [
        "job 1001: stage draw, 1 tasks in 1 jobs",
        "job 1002: stage scale, 2 tasks in 2 jobs",
        "job 1003: stage scale, 1 tasks in 1 jobs",
    ]
    assert "3 of 3 settings tried; best mean" in err


def test_a_search_that_no_longer_waits_goes_on_with_the_jobs_it_has(sonoplan, slurm, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(live, "sleep", interrupted)
        status, _, err = sonoplan(*TPE)
    assert status == 130
    assert "the same command draws on from there" in err
    status = sonoplan(*LOOK, "--status", "--json")[1]
    assert json.loads(status)["status"]["stages"]["scale"] == {"queued": 2}
    slurm.run(*slurm.ready()[0])
    slurm.run(*slurm.ready()[0])  # one of the two settings
    monkeypatch.setattr(live, "sleep", lambda _: slurm.run_all())
    assert sonoplan(*TPE)[0] == 0
    jobs = [len(job["elements"]) for job in slurm.jobs.values()]
    assert jobs == [1, 2, 1]  # nothing of the first batch was submitted twice


def test_what_a_search_has_queued_is_cancelled(sonoplan, slurm):
    sonoplan("--search", "3", "-c", "--slurm")
    listed = json.loads(sonoplan("--search", "3", "-l", "--json")[1])["settings"]
    assert {setting["state"] for setting in listed} == {"queued"}
    status = cli.main(["toy", "--cancel", "run=0", "--search", "3", "--yes"])
    assert status == 0
    assert slurm.ready() == []
