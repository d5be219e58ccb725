import os
import signal
import time

import pytest

import engine
from core import Experiment, Inputs, Output, Plan, Setting, Stage
from core.store import Store
from engine import MACHINE, Silent, tasks_of
from launch.runner import Runner, available_cores, shares
from launch.schedule import Queue

HERE = "test_launch_runner"


def suicide(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Die as a process does that the kernel kills for its memory."""
    if setting.x == 1:
        os.kill(os.getpid(), signal.SIGKILL)


def which_gpu(setting: Setting, inputs: Inputs, output: Output) -> None:
    time.sleep(0.1)  # long enough for the other workers to get their share
    output.info["gpu"] = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    output.info["device"] = inputs.device


def family(**changes: object) -> Experiment:
    stages = [
        Stage("lone", "toy:nothing", uses=["x"]),
        Stage("shared", "toy:nothing"),
        Stage("child", "toy:nothing", needs=["shared"], uses=["x"]),
    ]
    return Experiment(
        **{
            "name": "toy",
            "purpose": "",
            "plans": [Plan("p", x=range(3))],
            "stages": stages,
            **changes,
        }
    )


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "results", "toy")


def test_the_queue_gives_shared_tasks_first_and_needed_ones_before_their_dependents():
    queue = Queue(tasks_of(family()), done=lambda task: False)
    first = queue.take()
    assert first.stage.name == "shared"
    assert {queue.take().stage.name for _ in range(3)} == {"lone"}
    assert queue.take() is None
    queue.finished(first)
    assert queue.ready() == 3


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_failure_leaves_all_else_untouched(store, jobs):
    tasks = list(tasks_of(engine.toy.experiment()))
    report = Runner(store, MACHINE, jobs).run(tasks, Silent())
    assert len(report.done) == 12
    assert [t.setting.method for t in report.failed] == ["broken"] * 3
    assert report.left == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_needs_a_failed_task_is_left(store, jobs):
    experiment = family(
        plans=[Plan("p", x=[1, 2])],
        stages=[
            Stage("first", f"{HERE}:suicide" if jobs > 1 else "toy:missing", uses=["x"]),
            Stage("second", "toy:nothing", needs=["first"]),
        ],
    )
    report = Runner(store, MACHINE, jobs).run(list(tasks_of(experiment)), Silent())
    failed = {1} if jobs > 1 else {1, 2}
    assert {t.setting.x for t in report.failed} == failed
    assert {t.needs["first"].setting.x for t in report.left} == failed


def test_fail_fast_stops_at_the_first_failure(store):
    tasks = list(tasks_of(engine.toy.experiment(), "odd/"))
    report = Runner(store, MACHINE, fail_fast=True).run(tasks, Silent())
    assert len(report.failed) == 1
    assert len(report.left) >= 2


def test_a_killed_worker_costs_its_task_only_and_is_replaced(store):
    experiment = family(
        plans=[Plan("p", x=range(6))], stages=[Stage("one", f"{HERE}:suicide", uses=["x"])]
    )
    report = Runner(store, MACHINE, jobs=2).run(list(tasks_of(experiment)), Silent())
    ((task, outcome),) = report.failed.items()
    assert task.setting.x == 1
    assert "killed by SIGKILL" in outcome.error
    assert len(report.done) == 5


def test_workers_are_bound_to_their_gpus(store):
    from core import Resources

    stage = Stage("one", f"{HERE}:which_gpu", uses=["x"], resources=Resources(gpus=1))
    experiment = family(plans=[Plan("p", x=range(8))], stages=[stage])
    tasks = list(tasks_of(experiment))
    Runner(store, MACHINE, jobs=4, gpus=["0", "3"]).run(tasks, Silent())
    seen = {(store.record(t).info["gpu"], store.record(t).info["device"]) for t in tasks}
    assert seen == {("0", "cuda"), ("3", "cuda")}


@pytest.mark.parametrize("jobs", [1, 2, 10**6])
def test_cores_are_shared_among_the_tasks_of_a_stage_that_may_run_at_once(jobs):
    tasks = list(tasks_of(family()))
    threads = shares(tasks, jobs)
    cores = available_cores()
    assert {t.stage.name: threads(t) for t in tasks} == {
        "lone": max(1, cores // min(jobs, 3)),
        "shared": cores,
        "child": max(1, cores // min(jobs, 3)),
    }
