import json
import os
import shutil
import time

import numpy as np
import pytest

import engine
from core import Experiment, Metric, Plan, Stage
from core.claim import take
from core.errors import RecordError
from core.index import Index, indexes
from core.results import gather
from core.stage import Resources
from core.status import InQueue, Left, status
from core.store import Store
from core.task import Task
from engine import die, look, run_all, single, tasks_of


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "results", "toy")


def test_states_from_one_look_at_the_records(store):
    experiment = engine.toy.experiment()
    everything = tasks_of(experiment)
    assert set(look(everything, store).states.values()) == {"to do", "waiting"}
    run_all(tasks_of(experiment, "run=0"), store)
    claimed, dead = [t for t in everything if t.stage.name == "draw"][1:]
    take(store.work(claimed))
    die(store, dead)
    found = look(everything, store)
    assert {name: dict(count) for name, count in found.counts(everything).items()} == {
        "draw": {"done": 1, "running": 1, "stale": 1},
        "scale": {"done": 3, "failed": 1, "waiting": 8},
    }
    assert found.reason(dead) == "its runner died"


def standing(store: Store, task: Task, place: InQueue) -> tuple[str, str]:
    found = status([task], indexes(store, ["one"], None), {task.id: place})
    return found.of(task), found.reason(task)


@pytest.fixture
def queued() -> InQueue:
    return InQueue("queued", "job 12_3 waits", since=time.time())


def test_a_queued_task_is_queued_until_its_record_says_otherwise(store, queued):
    task = single("toy:nothing")
    assert standing(store, task, queued) == ("queued", "job 12_3 waits")
    run_all([task], store)
    assert standing(store, task, queued) == ("done", "")


def test_a_task_that_nobody_knows_of_is_unknown_and_one_that_left_the_queue_is_to_do(store):
    task = single("toy:nothing")
    assert standing(store, task, InQueue("unknown", "not listed")) == ("unknown", "not listed")
    assert standing(store, task, InQueue("gone", "its job ended")) == ("to do", "its job ended")


def test_a_failed_task_that_is_queued_again_is_queued_until_it_fails_again(store):
    task = single("toy:scale", method="broken")
    before = InQueue("queued", "runs beside others", since=time.time() - 60)
    run_all([task], store)
    assert standing(store, task, InQueue("queued", "waits", since=time.time() + 60))[0] == "queued"
    assert standing(store, task, before) == ("failed", "failed")


def test_who_has_a_live_claim_runs_the_task_wherever_the_queue_has_it(store, queued):
    task = single("toy:nothing")
    take(store.work(task))
    found = status([task], indexes(store, ["one"], None), {task.id: queued})
    assert (found.of(task), found.elsewhere(task)) == ("running", True)
    assert not status([task], indexes(store, ["one"], None)).elsewhere(task)


def test_a_dead_runner_is_no_matter_while_its_job_waits_to_start_again(store, queued):
    task = single("toy:nothing")
    die(store, task)
    assert standing(store, task, queued)[0] == "queued"
    gone = InQueue("gone", "its job ended: OUT_OF_MEMORY")
    assert standing(store, task, gone) == ("stale", "its job ended: OUT_OF_MEMORY")


def versioned(version: int, needs_version: int = 1) -> Experiment:
    return Experiment(
        name="toy",
        purpose="",
        plans=[Plan("p", x=[1, 2])],
        stages=[
            Stage("first", "toy:nothing", uses=["x"], version=needs_version),
            Stage("second", "toy:nothing", needs=["first"], uses=["x"], version=version),
        ],
    )


def reasons(store: Store, experiment: Experiment) -> list[str]:
    tasks = tasks_of(experiment)
    found = look(tasks, store)
    return [found.reason(task) for task in tasks]


def test_reasons_to_compute_are_told(store):
    assert reasons(store, versioned(1)) == ["missing"] * 4
    run_all(tasks_of(versioned(1), "x=1"), store)
    assert reasons(store, versioned(1)) == ["", "missing", "", "missing"]
    assert reasons(store, versioned(2)) == [
        "",
        "missing",
        "stage version changed (1 → 2)",
        "missing",
    ]
    changed = reasons(store, versioned(1, needs_version=2))
    assert changed[0] == "stage version changed (1 → 2)"
    assert changed[2] == "needed task changed (first)"


@pytest.fixture
def cached(store, tmp_path):
    """Tasks that are done, and the cache of what their records say."""
    tasks = tasks_of(engine.toy.experiment(), "main/")
    run_all(tasks, store)
    for index in look(tasks, store, tmp_path / "cache").indexes.values():
        index.save()
    return tasks, tmp_path / "cache"


def test_the_cache_answers_without_reading_records(store, cached, monkeypatch):
    tasks, cache = cached
    monkeypatch.setattr(Index, "_read", lambda *_: pytest.fail("a record was read again"))
    assert set(look(tasks, store, cache).states.values()) == {"done"}


@pytest.mark.parametrize("damage", ["{", "[]", '{"x": {"unknown": 1}}', ""])
def test_a_damaged_cache_is_made_anew(store, cached, damage):
    tasks, cache = cached
    for file in cache.iterdir():
        file.write_text(damage)
    assert set(look(tasks, store, cache).states.values()) == {"done"}


def test_a_record_made_anew_is_read_anew(store, tmp_path):
    task = single("toy:nothing")
    run_all([task], store)
    first = Index(store, "one", tmp_path / "cache")
    first.save()
    meta = json.loads((store.path(task) / "record.json").read_text())
    shutil.rmtree(store.path(task))
    store.path(task).mkdir()
    (store.path(task) / "record.json").write_text(json.dumps({**meta, "seconds": 99.0}))
    os.utime(store.path(task), (1, 1))
    assert Index(store, "one", tmp_path / "cache").entries[task.id].seconds == 99.0


def test_a_damaged_record_is_told_and_hides_no_other(store):
    experiment = engine.toy.experiment()
    tasks = tasks_of(experiment, "main/")
    run_all(tasks, store)
    first, second = [t for t in tasks if t.stage.name == "scale"][:2]
    (store.path(first) / "record.json").write_text("torn")
    (store.path(second) / "arrays.npz").write_bytes(b"torn")
    found = look(tasks, store)
    assert found.of(first) == "damaged"
    told: list[str] = []
    results = gather(experiment, tasks, found, experiment.metrics, told.append)
    plain = results.rows[0].cells["mean"]
    assert [*plain.tasks.values()][:2] == [first.id, second.id] and len(plain.tasks) == 3
    assert (plain.n, plain.planned, dict(plain.missing)) == (
        1,
        3,
        {"run=0": "damaged", "run=1": "damaged"},
    )
    assert all(row.cells["mean"].n == 3 for row in results.rows[1:])
    assert any(str(store.path(first)) in text for text in told)
    assert any("array 'values' cannot be read" in text for text in told)
    with pytest.raises(RecordError):
        found.indexes["scale"].value(first.id, experiment.metrics[0])


def test_remaining_work_is_estimated_from_measured_durations(store):
    tasks = tasks_of(engine.toy.experiment(), "main/")
    assert look(tasks, store).left(tasks) == Left(unknown=("draw", "scale"))
    run_all(tasks_of(engine.toy.experiment(), "main/run=0"), store)
    left = look(tasks, store).left(tasks)
    assert left.seconds > 0
    assert left.cpu_hours == pytest.approx(left.seconds / 3600)
    assert left.gpu_hours == 0
    assert left.unknown == ()


def test_work_on_gpus_is_told_in_gpu_hours_and_the_rest_in_cpu_hours(store):
    stages = [
        Stage("first", "toy:nothing", uses=["x"], resources=Resources(cpus=4)),
        Stage(*("second", "toy:nothing"), uses=["x"], resources=Resources(cpus=10, gpus=2)),
    ]
    experiment = Experiment(name="toy", purpose="", plans=[Plan("p", x=[1, 2])], stages=stages)
    tasks = tasks_of(experiment)
    run_all(tasks_of(experiment, "x=1"), store)
    for task in tasks_of(experiment, "x=1"):
        file = store.path(task) / "record.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), "seconds": 1800.0}))
    assert look(tasks, store).left(tasks) == Left(seconds=3600, gpu_hours=1.0, cpu_hours=2.0)


def test_results_aggregate_over_replicates(store):
    experiment = engine.toy.experiment()
    tasks = tasks_of(experiment)
    run_all(tasks, store)
    results = gather(experiment, tasks, look(tasks, store), experiment.metrics, pytest.fail)
    assert [str(row.setting) for row in results.rows] == [
        "method=plain",
        "gain=2+method=gained",
        "gain=3+method=gained",
        "method=broken",
    ]
    cell = results.rows[1].cells["mean"]
    values = [
        store.record(t)["values"].mean() for t in _scales(tasks) if t.setting.get("gain") == 2
    ]
    assert list(cell.values.values()) == pytest.approx(values)
    assert cell.mean == pytest.approx(sum(values) / 3)
    assert cell.std == pytest.approx(np.std(values, ddof=1))
    broken = results.rows[3].cells["mean"]
    assert (broken.n, broken.planned, set(broken.missing.values())) == (0, 3, {"failed"})


def _scales(tasks):
    return [t for t in tasks if t.stage.name == "scale"]


def test_a_metric_value_is_computed_once_and_again_for_a_new_version(store, tmp_path):
    task = single("toy:nothing")
    run_all([task], store)
    calls = []

    def metric(version: int) -> Metric:
        return Metric("m", "one", lambda r: calls.append(1) or 1.0, version=version)

    for _ in range(2):
        index = Index(store, "one", tmp_path / "cache")
        index.value(task.id, metric(1))
        index.save()
    assert len(calls) == 1
    Index(store, "one", tmp_path / "cache").value(task.id, metric(2))
    assert len(calls) == 2
