import json
import time
from functools import partial

import pytest

import engine
import in_queue
from core import Experiment, Plan, Stage
from core.claim import take
from core.store import Store
from front_door import settle, type_in
from launch import experiments, live, logs, state
from launch.config import Config
from launch.slurm import queue
from launch.slurm.accounting import Accounting
from launch.slurm.control import ranges
from launch.slurm.ledger import Ledger
from launch.workspace import Workspace


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "results", "toy")


@pytest.fixture
def ledger(store) -> Ledger:
    return Ledger(store.folder / ".slurm")


@pytest.fixture
def sonoplan(tmp_path, monkeypatch, capsys):
    """Run the command line on the toy experiment: gives exit status, output, messages."""
    settle(tmp_path, monkeypatch)
    monkeypatch.setattr(experiments, "find", lambda _: engine.toy.experiment())
    monkeypatch.setattr(queue, "_ACCOUNTING", Accounting())
    monkeypatch.setattr(live, "LOOK_SECONDS", 0.01)
    return partial(type_in, capsys, "toy")


def of_stage(name: str, asked: str = "main/"):
    return [t for t in engine.tasks_of(engine.toy.experiment(), asked) if t.stage.name == name]


@pytest.fixture
def everything_queued(slurm, ledger):
    """Three tasks of one stage and the nine that need them wait in two arrays."""
    in_queue.queue(slurm, ledger, of_stage("draw"), "1001")
    in_queue.queue(slurm, ledger, of_stage("scale"), "1002")


def states(sonoplan) -> dict[str, dict[str, int]]:
    return json.loads(sonoplan("-s", "main/", "--status", "--json")[1])["status"]["stages"]


def element_states(slurm, job: str) -> list[str]:
    return [element["state"] for element in slurm.jobs[job]["elements"].values()]


def test_status_asks_the_queue_once_and_tells_where_tasks_wait(sonoplan, slurm, everything_queued):
    slurm.set_state("1002", "PENDING", reason="Dependency")
    document = json.loads(sonoplan("-s", "main/", "--status", "--json")[1])["status"]
    assert document["stages"] == {"draw": {"queued": 3}, "scale": {"queued": 9}}
    assert document["tasks"][0]["reason"] == "job 1001_0 waits: Priority"
    assert document["tasks"][-1]["reason"] == "job 1002_8 waits: Dependency"
    assert document["queued"] == {"pending (Priority)": 3, "pending (Dependency)": 9}
    assert len(slurm.calls("squeue")) == 1
    out = sonoplan("-s", "state=queued", "-l", "--status")[1]
    assert "queued: 3 pending (Priority), 9 pending (Dependency)" in out
    assert len(slurm.calls("squeue")) == 2


def test_what_slurm_cannot_say_is_unknown_and_told(sonoplan, slurm, everything_queued):
    slurm.down()
    assert states(sonoplan) == {"draw": {"unknown": 3}, "scale": {"unknown": 9}}
    err = sonoplan("-s", "main/", "--status")[2]
    assert "12 tasks are unknown: squeue failed" in err


def test_a_record_that_comes_between_two_looks_is_seen(sonoplan, slurm, store, everything_queued):
    for task in of_stage("draw"):
        engine.run_all([task], store)
    slurm.set_state("1001", "COMPLETED")
    assert states(sonoplan) == {"draw": {"done": 3}, "scale": {"queued": 9}}


def test_computing_here_leaves_to_slurm_what_it_has(sonoplan, slurm, ledger):
    in_queue.queue(slurm, ledger, of_stage("draw", "run=0"))
    status, _, err = sonoplan("-s", "main/run=0+1", "-c")
    assert status == 0
    assert "1 tasks are left to Slurm" in err
    assert "--cancel SELECTOR" in err
    assert "4 done, 0 failed" in err  # run=1 alone
    assert states(sonoplan)["scale"] == {"done": 3, "waiting": 6}
    told = sonoplan("-s", "main/run=0", "-c", "--dry-run")
    assert "0 tasks would be computed" in told[2]


def test_cancelling_asks_first(sonoplan, slurm, everything_queued):
    status, _, err = sonoplan("--cancel", "main/")
    assert status == 2
    assert "nothing was cancelled" in err
    assert slurm.calls("scancel") == []


def test_cancelling_takes_one_call_and_fails_nothing(sonoplan, slurm, ledger, everything_queued):
    status, _, err = sonoplan("--cancel", "main/", "--yes")
    assert status == 0
    assert "12 jobs with 12 tasks cancelled" in err
    assert slurm.calls("scancel") == [["1001", "1002"]]
    assert states(sonoplan) == {"draw": {"to do": 3}, "scale": {"waiting": 9}}
    assert all(entry.cancelled for entry in ledger.all())
    assert "12 tasks to compute" in sonoplan("-s", "main/", "-c")[2]


def test_cancelling_some_names_their_elements_and_leaves_what_others_need(
    sonoplan, slurm, ledger, everything_queued
):
    err = sonoplan("--cancel", "main/method=plain+run=0", "--yes")[2]
    assert slurm.calls("scancel") == [["1002_[0]"]]
    assert element_states(slurm, "1002") == ["CANCELLED"] + ["PENDING"] * 8
    assert "for other settings need them: 1 task, as draw run=0" in err
    assert not any(entry.cancelled for entry in ledger.all())
    assert states(sonoplan)["draw"] == {"queued": 3}
    sonoplan("--cancel", "main/run=0", "--yes")  # now nobody else needs the first draw
    assert slurm.calls("scancel")[1] == ["1001_[0]", "1002_[3,6]"]


def test_what_needs_a_task_that_is_cancelled_with_others_is_told(sonoplan, slurm, ledger):
    in_queue.queue(slurm, ledger, of_stage("draw"), "1001", pack=3)
    in_queue.queue(slurm, ledger, of_stage("scale"), "1002")
    err = sonoplan("--cancel", "main/run=0", "--yes")[2]
    assert "cancelled with them, in the same jobs: 2 tasks, as draw run=1" in err
    assert "left alone for want of what is cancelled: 6 tasks, as scale" in err


def test_cancelling_a_packed_job_tells_what_else_it_holds(sonoplan, slurm, ledger):
    in_queue.queue(slurm, ledger, of_stage("scale"), pack=3)
    err = sonoplan("--cancel", "main/method=plain+run=0", "--yes")[2]
    assert "cancelled with them, in the same jobs: 2 tasks, as scale" in err
    assert "1 job with 1 task of these and 2 of others cancelled" in err


def test_what_runs_without_slurm_is_not_touched(sonoplan, slurm, store):
    (task, *_) = of_stage("draw")
    take(store.work(task))
    status, _, err = sonoplan("--cancel", "main/", "--yes")
    assert status == 0
    assert "running without Slurm, and not touched: 1 task, as draw run=0" in err
    assert "Slurm has none of these tasks" in err
    assert store.unfinished(task).running()


def test_what_is_done_is_not_cancelled(sonoplan, slurm, store, everything_queued):
    engine.run_all(of_stage("draw"), store)
    slurm.set_state("1001", "COMPLETED", index=0)
    sonoplan("--cancel", "main/", "--yes")
    assert slurm.calls("scancel") == [["1002"]]


def test_nothing_is_cancelled_where_slurm_does_not_answer(sonoplan, slurm, everything_queued):
    slurm.down()
    status, _, err = sonoplan("--cancel", "main/", "--yes")
    assert status == 2
    assert "Unable to contact slurm controller" in err


def test_where_slurm_is_gone_for_good_its_tasks_can_be_taken_back(
    sonoplan, everything_queued, monkeypatch, tmp_path
):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert states(sonoplan)["draw"] == {"unknown": 3}
    assert sonoplan("--cancel", "main/", "--yes")[0] == 0
    assert states(sonoplan) == {"draw": {"to do": 3}, "scale": {"waiting": 9}}


def test_waiting_jobs_are_held_and_released(sonoplan, slurm, everything_queued):
    slurm.set_state("1001", "RUNNING", index=0)
    err = sonoplan("--hold", "main/run=0+1")[2]
    assert slurm.calls("scontrol") == [["hold", "1001_[1]", "1002_[0-1,3-4,6-7]"]]
    assert "7 jobs with 7 tasks held; 1 running already" in err
    document = json.loads(sonoplan("-s", "main/run=1", "--status", "--json")[1])["status"]
    assert document["tasks"][0]["reason"] == "job 1001_1 is held: JobHeldUser"
    err = sonoplan("--release", "main/run=1")[2]
    assert slurm.calls("scontrol")[-1] == ["release", "1001_[1]", "1002_[1,4,7]"]
    assert "4 jobs with 4 tasks released" in err
    assert "nothing to release" in sonoplan("--release", "main/run=2")[2]


@pytest.mark.parametrize("flag", ["--cancel", "--hold", "--release"])
def test_an_empty_selector_selects_nothing(sonoplan, flag):
    status, _, err = sonoplan(flag, "")
    assert status == 2
    assert "need a selector" in err


def test_one_selector_at_a_time(sonoplan):
    status, _, err = sonoplan("-s", "main/", "--cancel", "odd/")
    assert status == 2
    assert "one selector at a time" in err


def test_retrying_takes_a_selector(sonoplan):
    sonoplan("-s", "odd/", "-c")
    assert "1 tasks to compute" in sonoplan("--retry", "odd/run=1")[2]
    assert "2 tasks to compute" in sonoplan("-s", "odd/run=0+2", "--retry")[2]
    assert "nothing to compute" in sonoplan("--retry", "main/")[2]


def test_ranges_are_short():
    assert ranges([0, 1, 2, 3, 7, 9, 10]) == "0-3,7,9-10"
    assert ranges([5]) == "5"


def test_the_log_of_a_job_that_never_reached_python_is_slurms_own(sonoplan, slurm, ledger, store):
    entry = in_queue.queue(slurm, ledger, of_stage("draw"))
    folder = ledger.folder / "arrays" / entry.token
    folder.mkdir(parents=True)
    (folder / "1001_1_0_log.out").write_text("module: command not found\n")
    status, out, err = sonoplan("--log", of_stage("draw")[1].id)
    assert status == 0
    assert "module: command not found" in out
    assert str(folder / "1001_1_0_log.out") in err
    assert "wrote nothing" in err


def test_following_a_queued_task_waits_and_reads_on_until_it_ends(
    sonoplan, slurm, ledger, store, monkeypatch
):
    task = of_stage("draw")[0]
    in_queue.queue(slurm, ledger, [task])
    work = store.work(task)
    steps = iter(
        [
            lambda: take(work),
            lambda: (work / "log.txt").write_text("epoch 1\n"),
            lambda: (work / "log.txt").write_text("epoch 1\nepoch 2\n"),
            lambda: (slurm.set_state("1001", "COMPLETED"), work.rename(store.path(task))),
        ]
    )
    monkeypatch.setattr(logs, "ASK_SECONDS", 0)
    monkeypatch.setattr(logs, "sleep", lambda _: next(steps)())
    status, out, err = sonoplan("--log", task.id, "-F")
    assert status == 0
    assert out == "epoch 1\nepoch 2\n"
    assert "job 1001_0 waits: Priority" in err


def test_following_ends_with_the_traceback_of_a_failure(sonoplan, store):
    task = of_stage("scale", "odd/run=0")[0]
    engine.run_all(engine.tasks_of(engine.toy.experiment(), "odd/run=0"), store)
    out = sonoplan("--log", task.id, "-F")[1]
    assert "about to break" in out
    assert out.count("ValueError: this method is broken") == 1


def test_a_run_can_be_watched_and_its_failures_give_exit_status_1(sonoplan):
    status, out, err = sonoplan("-s", "odd/", "-c", "--watch")
    assert status == 1
    assert "scale: 3 failed" in out
    assert "sonoplan toy -s state=failed -f" in err
    assert sonoplan("-s", "main/run=0", "-c", "--watch")[0] == 0


def test_only_a_log_is_followed(sonoplan):
    status, _, err = sonoplan("-F")
    assert status == 2
    assert "--log ID -F" in err


def test_a_status_of_ten_thousand_settings_is_quick(slurm, store, ledger, tmp_path):
    """The measured figure is in bench/slurm.py; this one has head-room for a busy machine."""
    experiment = Experiment(
        name="toy",
        purpose="",
        plans=[Plan("p", x=range(10_000))],
        stages=[Stage("one", "toy:nothing", uses=["x"])],
    )
    workspace = Workspace(experiment, Config(tmp_path / "results"))
    tasks = workspace.tasks(workspace.select(None))
    in_queue.queue(slurm, ledger, list(tasks)[:1000])
    began = time.perf_counter()
    assert workspace.status(tasks).counts(tasks)["one"]["queued"] == 1000
    state.status_document(workspace, tasks)
    assert time.perf_counter() - began < 3
