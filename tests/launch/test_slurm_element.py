import logging
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import engine
from core import Experiment, Inputs, Output, Plan, Setting, Stage
from core.errors import Stopped
from core.execute import Machine
from core.stage import Resources
from core.store import Store
from launch.slurm.element import Element, TasksFailed

MINE = "test_slurm_element"


def see(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Keep which GPU there is, and which device is to be used."""
    output.info["gpu"] = os.environ.get("CUDA_VISIBLE_DEVICES")
    output.info["device"] = inputs.device
    time.sleep(0.2)  # so that each worker has one


def fail(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Fail for one setting."""
    if setting.x == 1:
        raise ValueError("one is too many")
    output["x"] = setting.x


def wait(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Wait to be stopped; the next attempt ends."""
    mark = output.checkpoint / "stopped"
    if mark.exists():
        output["x"] = setting.x
        return
    (output.checkpoint / "begun").touch()
    while not output.stopping:
        time.sleep(0.01)
    mark.touch()
    raise Stopped("saved")


def tasks(run: str, count: int = 2, gpus: int = 0):
    experiment = Experiment(
        name="toy",
        purpose="",
        plans=[Plan("p", x=range(count))],
        stages=[Stage("one", f"{MINE}:{run}", uses=["x"], resources=Resources(gpus=gpus))],
    )
    return tuple(engine.tasks_of(experiment))


@pytest.fixture
def store(tmp_path, monkeypatch, request) -> Store:
    for name in ("SLURM_ARRAY_TASK_ID", "SLURM_RESTART_COUNT", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.delenv(name, raising=False)
    before = signal.getsignal(signal.SIGTERM)
    request.addfinalizer(lambda: signal.signal(signal.SIGTERM, before))
    request.addfinalizer(logging.getLogger("launch.slurm.element").handlers.clear)
    return Store(tmp_path / "results", "toy")


def element(elements, store: Store, **more: float) -> Element:
    """An element that has been through a pickle, as in a job."""
    made: Element = pickle.loads(pickle.dumps(Element(elements, store, Machine(), **more)))
    return made


def test_the_index_says_which_tasks_are_computed(store, monkeypatch):
    first, second = tasks("fail", 3)[::2]
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "1")
    element(((first,), (second,)), store)()
    assert not store.has(first)
    assert store.has(second)


def test_a_failed_task_fails_the_job_and_no_other_task(store, capsys):
    good, bad = tasks("fail")
    with pytest.raises(TasksFailed, match=f"1 of one.*{bad.id}: ValueError: one is too many"):
        element(((good, bad),), store)()
    assert store.has(good)
    assert "one is too many" in store.unfinished(bad).failure()["traceback"]
    assert f"one {bad.id} failed: ValueError" in capsys.readouterr().out


def test_a_task_whose_needs_are_not_done_is_left_alone_and_told(store, capsys):
    scale = next(t for t in engine.tasks_of(engine.toy.experiment()) if t.stage.name == "scale")
    element(((scale,),), store)()
    assert not store.has(scale)
    assert store.unfinished(scale).failure() is None
    assert f"scale {scale.id} is left: needs draw, which is not done" in capsys.readouterr().out


def test_the_gpus_of_the_job_are_shared_in_turn(store, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2,5")
    four = tasks("see", 4, gpus=1)
    element((four,), store)()
    assert sorted(store.record(t).info["gpu"] for t in four) == ["2", "2", "5", "5"]
    assert {store.record(t).info["device"] for t in four} == {"cuda"}


@pytest.mark.parametrize("given", [None, "", "NoDevFiles"])
def test_without_gpus_the_cpu_computes(store, monkeypatch, given):
    if given is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", given)
    (task,) = tasks("see", 1, gpus=1)
    element(((task,),), store)()
    assert store.record(task).info == {"gpu": given, "device": "cpu"}


@pytest.mark.parametrize(("restarts", "requeued"), [(0, True), (1, True), (2, False)])
def test_a_job_is_requeued_so_often_and_not_more(store, monkeypatch, capsys, restarts, requeued):
    monkeypatch.setenv("SLURM_RESTART_COUNT", str(restarts))
    job = element((tasks("fail", 1),), store, requeues=2)
    job()
    again = job.checkpoint()
    assert (again is not None) == requeued
    if again is None:
        assert "not requeued: started 3 times" in capsys.readouterr().out
    else:
        assert pickle.loads(pickle.dumps(again.function)).elements == job.elements


PROGRAM = """
import pickle, signal, sys
from pathlib import Path
job = pickle.loads(Path(sys.argv[1]).read_bytes())
def requeue(*_):
    job.checkpoint()
    sys.exit(7)
signal.signal(signal.SIGUSR2, requeue)
job()
"""


@pytest.fixture
def step(tmp_path, store):
    """Start a job of two tasks in a process group of its own, as a job's step is."""
    both = tasks("wait")
    file = tmp_path / "element.pkl"
    file.write_bytes(pickle.dumps(Element((both,), store, Machine(), grace=5)))
    here = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(file)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, *here])},
        start_new_session=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 20
    while len(list(store.folder.glob("one/.work/*/checkpoint/begun"))) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def saved(store: Store) -> list[str]:
    return [file.name for file in store.folder.glob("one/.work/*/checkpoint/stopped")]


def test_usr2_saves_and_the_next_start_goes_on(step, store):
    os.killpg(step.pid, signal.SIGUSR2)
    assert step.wait(10) == 7
    assert saved(store) == ["stopped"] * 2
    assert list(store.folder.glob("one/.work/*/claim.*")) == []
    element((tasks("wait"),), store)()
    assert all(store.has(task) for task in tasks("wait"))


def test_term_saves_fails_nothing_and_waits_for_what_slurm_decides(step, store):
    os.killpg(step.pid, signal.SIGTERM)
    deadline = time.monotonic() + 10
    while len(saved(store)) < 2 or list(store.folder.glob("one/.work/*/claim.*")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert step.poll() is None
    assert list(store.folder.glob("one/.work/*/failure.json")) == []
    os.killpg(step.pid, signal.SIGUSR2)  # it makes way for another job, and is requeued
    assert step.wait(10) == 7
