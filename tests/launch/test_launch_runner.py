import heapq
import os
import signal
import time
from collections.abc import Mapping

import pytest

import engine
from core import Experiment, Inputs, Output, Plan, Resources, Setting, Stage
from core.errors import Stopped
from core.store import Store
from core.task import Task
from engine import MACHINE, Silent, tasks_of
from launch.runner import Runner, available_cores, shares
from launch.schedule import Queue

HERE = "test_launch_runner"


def suicide(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Die as a process does that the kernel kills for its memory."""
    if setting.x == 1:
        os.kill(os.getpid(), signal.SIGKILL)


def hungry(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Note when it ran; one of them is killed beside others and does well alone."""
    began = time.monotonic()
    tried = output.checkpoint / "tried"
    if setting.x == 1 and not tried.exists():
        tried.touch()
        time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.5 if setting.x == 0 else 0.1)
    output.info["ran"] = [began, time.monotonic()]


def stops(setting: Setting, inputs: Inputs, output: Output) -> None:
    if setting.x == 1:
        raise Stopped("saved")


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


def started(queue: Queue, hours: Mapping[str, float], workers: int) -> list[tuple[float, str]]:
    """Tell when each task starts where its stage takes so many hours, as (hour, stage)."""
    found: list[tuple[float, str]] = []
    running: list[tuple[float, int, Task]] = []
    now = 0.0
    while True:
        while len(running) < workers and (task := queue.take()) is not None:
            queue.began(task)
            found.append((now, task.stage.name))
            heapq.heappush(running, (now + hours[task.stage.name], len(found), task))
        if not running:
            return found
        now, _, task = heapq.heappop(running)
        queue.ended(task, 3600 * hours[task.stage.name])
        queue.finished(task)


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_a_short_stage_goes_on_as_soon_as_it_is_ready(workers):
    stages = [
        Stage("encoder", "toy:nothing", uses=["x"]),
        Stage("evaluation", "toy:nothing", needs=["encoder"], uses=["x", "y"]),
    ]
    experiment = family(plans=[Plan("p", x=range(20), y=range(3))], stages=stages)
    queue = Queue(tasks_of(experiment), lambda task: False)
    found = started(queue, {"encoder": 1, "evaluation": 1 / 3600}, workers)
    encoders = [place for place, (_, stage) in enumerate(found) if stage == "encoder"]
    assert len(found) == 80
    # After the first ones, each encoder waits until what became ready before it has started.
    for count, place in enumerate(encoders[workers:], 1):
        evaluations = sum(stage == "evaluation" for _, stage in found[:place])
        assert evaluations >= 3 * count


@pytest.fixture
def two_ready() -> list[Task]:
    """Forty tasks of a stage and of a later one, all of them ready."""
    stages = [
        Stage("cycles", "toy:nothing", uses=["x"]),
        Stage("summary", "toy:nothing", uses=["x"]),
        Stage("encoder", "toy:nothing", needs=["cycles"], uses=["x"]),
    ]
    tasks = tasks_of(family(plans=[Plan("p", x=range(40))], stages=stages))
    return [task for task in tasks if task.stage.name != "cycles"]


def test_short_tasks_do_not_wait_until_the_long_ones_of_a_later_stage_have_ended(two_ready):
    found = started(Queue(two_ready, lambda task: True), {"summary": 1 / 3600, "encoder": 1}, 2)
    assert [stage for _, stage in found[:2]] == ["encoder", "encoder"]
    assert max(hour for hour, stage in found if stage == "summary") < 1.1


def test_long_tasks_have_their_share_beside_short_ones_of_a_later_stage_and_no_more(two_ready):
    queue = Queue(two_ready, lambda task: True)
    found = [stage for _, stage in started(queue, {"summary": 2, "encoder": 1 / 60}, 2)]
    first, second = [place for place, stage in enumerate(found) if stage == "summary"][:2]
    assert first < 40 - 5
    assert second >= 40


def test_what_finishes_a_setting_goes_first(store):
    watcher = Silent()
    tasks = list(tasks_of(family(stages=family().stages[1:] + family().stages[:1])))
    Runner(store, MACHINE).run(tasks, watcher)
    stages = {task.id: task.stage.name for task in tasks}
    order = [stages[task_id] for event, task_id in watcher.events if event == "started"]
    assert order == ["shared", *["child"] * 3, *["lone"] * 3]


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
    assert "also with nothing beside it" in outcome.error
    assert store.unfinished(task).failure()["error"] == outcome.error
    assert len(report.done) == 5


def test_a_task_whose_worker_was_killed_is_tried_once_more_and_alone(store):
    experiment = family(
        plans=[Plan("p", x=range(8))], stages=[Stage("one", f"{HERE}:hungry", uses=["x"])]
    )
    tasks = list(tasks_of(experiment))
    watcher = Silent()
    report = Runner(store, MACHINE, jobs=3).run(tasks, watcher)
    assert len(report.done) == 8
    killed = next(task for task in tasks if task.setting.x == 1)
    assert [e for e, task_id in watcher.events if task_id == killed.id] == [
        "started",
        "killed",
        "started",
        "done",
    ]
    began, ended = store.record(killed).info["ran"]
    others = [store.record(task).info["ran"] for task in tasks if task != killed]
    assert all(end < began or begin > ended for begin, end in others)
    assert any(begin > ended for begin, _ in others)  # at once, not at the end of all


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_stopped_task_is_left(store, jobs):
    experiment = family(
        plans=[Plan("p", x=range(3))],
        stages=[
            Stage("one", f"{HERE}:stops", uses=["x"]),
            Stage("two", "toy:nothing", needs=["one"], uses=["x"]),
        ],
    )
    report = Runner(store, MACHINE, jobs).run(list(tasks_of(experiment)), Silent())
    assert (len(report.done), report.failed) == (4, {})
    assert [(t.stage.name, t.setting.x) for t in report.left] == [("one", 1), ("two", 1)]


def test_workers_are_bound_to_their_gpus(store):
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


def test_a_job_uses_the_cores_that_slurm_gave_it(monkeypatch):
    monkeypatch.delenv("SLURM_CPUS_PER_TASK", raising=False)
    here = available_cores()
    assert here >= 1
    monkeypatch.setenv("SLURM_CPUS_PER_TASK", "1")
    assert available_cores() == 1
    monkeypatch.setenv("SLURM_CPUS_PER_TASK", "1000")
    assert available_cores() == here
