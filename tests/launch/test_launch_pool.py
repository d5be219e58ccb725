import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import soft_stop

import engine
from core import Experiment, Inputs, Output, Plan, Resources, Setting, Stage
from core.execute import Machine
from core.store import Store
from engine import Silent, tasks_of
from launch.pool import Pool, Slot
from launch.runner import Runner

HERE = "test_launch_pool"
TESTS = Path(__file__).parents[1]
WORKERS = 6


def meet(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Wait until every worker is at a task, so that each has exactly one."""
    output.info["gpus"] = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    output.info["torch"] = "torch" in sys.modules
    output.info["worker"] = os.getpid()
    met = output.folder.parents[3] / "met"
    met.mkdir(exist_ok=True)
    (met / str(os.getpid())).touch()
    deadline = time.monotonic() + 20
    while len(list(met.iterdir())) < WORKERS and time.monotonic() < deadline:
        time.sleep(0.01)


def exits(setting: Setting, inputs: Inputs, output: Output) -> None:
    print("about to leave")
    os._exit(3)


@pytest.fixture
def store(tmp_path) -> Store:
    store = Store(tmp_path / "results", "soft")
    store.prepare(["one"])
    return store


@pytest.fixture(params=["forked", "served"])
def job(tmp_path, request):
    """Start a run as the process group of a Slurm step, with what it begins with, and end it."""
    running = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        path = os.pathsep.join([str(TESTS.parent), str(TESTS), os.environ.get("PYTHONPATH", "")])
        script = str(TESTS / "launch" / "soft_stop.py")
        process = subprocess.Popen(
            [sys.executable, script, str(tmp_path / "results"), request.param, *arguments],
            env={**os.environ, "PYTHONPATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def wait_for_begun(store: Store, count: int) -> None:
    deadline = time.monotonic() + 20
    while len(list(store.folder.glob("one/.work/*/checkpoint/begun"))) < count:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_usr2_to_the_whole_step_stops_it_with_checkpoints_and_without_claims(store, job):
    step = job("heed", "20")
    wait_for_begun(store, 2)
    begun = time.monotonic()
    os.killpg(step.pid, signal.SIGUSR2)
    said = step.communicate(timeout=30)
    assert (step.returncode, said) == (7, ("", ""))
    assert time.monotonic() - begun < 5  # no waiting once all have saved
    work = {p.name: {c.name for c in p.iterdir()} for p in store.folder.glob("one/.work/*")}
    assert [*work.values()] == [{"checkpoint", "log.txt"}] * 2  # no claim, no failure
    assert not list(store.folder.glob("one/[0-9a-f]*"))


def test_the_next_run_goes_on_from_the_checkpoints(store, job):
    step = job("heed", "20")
    wait_for_begun(store, 2)
    os.killpg(step.pid, signal.SIGUSR2)
    step.wait(30)
    stopped = {p.name for p in store.folder.glob("one/.work/*")}
    tasks = [t for t in tasks_of(soft_stop.experiment("heed")) if t.id in stopped]
    report = Runner(store, Machine(), jobs=2).run(tasks, Silent())
    assert {t.id for t in report.done} == stopped
    assert {store.record(t).info["attempts"] for t in tasks} == {2}


def test_a_stage_that_does_not_look_is_interrupted_after_the_grace(store, job):
    step = job("deaf", "0.5")
    wait_for_begun(store, 2)
    begun = time.monotonic()
    os.killpg(step.pid, signal.SIGUSR2)
    step.wait(20)
    assert step.returncode == 7
    assert 0.5 <= time.monotonic() - begun < 10
    left = [file.name for file in store.folder.glob("one/.work/*/*")]
    assert left == ["checkpoint"] * 2


def test_usr2_to_the_whole_step_leaves_what_starts_workers_alive(store, job):
    step = job("heed", "20", "2")  # its own process takes no notice of the first two
    wait_for_begun(store, 2)
    os.killpg(step.pid, signal.SIGUSR2)
    wait_for_begun(store, 4)  # other workers have been started for the other tasks
    os.killpg(step.pid, signal.SIGUSR2)
    said, complained = step.communicate(timeout=30)
    assert said == "done 0 failed 0 left 4\n"
    assert complained == ""


@pytest.mark.parametrize("job", ["served"], indirect=True)
def test_term_to_the_process_group_of_a_local_run_leaves_no_worker_at_work(store, job):
    run = job("deaf", "0")
    wait_for_begun(store, 2)
    os.killpg(run.pid, signal.SIGTERM)
    run.wait(20)
    deadline = time.monotonic() + 10
    while list(store.folder.glob("one/.work/*/claim.*")):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_an_idle_worker_that_was_asked_to_stop_begins_nothing_and_is_replaced(store):
    busy, idle, later = list(tasks_of(soft_stop.experiment("heed")))[:3]
    pool = Pool([Slot(Machine())] * 2, store)
    try:
        pool.submit(busy, 1)
        wait_for_begun(store, 1)
        pool.ask_to_stop()
        pool.submit(idle, 1)
        ended = dict([*pool.collect(10), *(pool.collect(10) if pool.busy() else [])])
        assert {task: outcome.status for task, outcome in ended.items()} == {
            busy: "stopped",
            idle: "stopped",
        }
        assert ended[idle].error == "not begun, for its process was asked to stop"
        pool.submit(later, 1)
        wait_for_begun(store, 2)
    finally:
        pool.stop()


def test_each_worker_sees_its_gpu_before_torch_is_imported(store):
    experiment = Experiment(
        name="soft",
        purpose="",
        plans=[Plan("p", x=range(WORKERS))],
        stages=[Stage("one", f"{HERE}:meet", uses=["x"], resources=Resources(gpus=1))],
    )
    tasks = list(tasks_of(experiment))
    report = Runner(store, Machine(), jobs=WORKERS, gpus=["0", "1"]).run(tasks, Silent())
    assert len(report.done) == WORKERS
    seen = [store.record(task).info for task in tasks]
    assert len({info["worker"] for info in seen}) == WORKERS
    assert sorted(info["gpus"] for info in seen) == ["0"] * 3 + ["1"] * 3
    assert not any(info["torch"] for info in seen)


def test_a_worker_that_leaves_is_told_as_the_failure_of_its_task(store):
    task = engine.single(f"{HERE}:exits")
    report = Runner(store, Machine(), isolated=True).run([task], Silent())
    assert report.failed[task].error == "WorkerDied: its worker died: exit status 3"
    unfinished = store.unfinished(task)
    assert unfinished.failure()["error"] == report.failed[task].error
    assert unfinished.log.read_text() == "about to leave\n"
    assert not unfinished.stale()
