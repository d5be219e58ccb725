import json
import os
import shutil

import numpy as np
import pytest

import engine
from core import Experiment, Metric, Plan, Stage
from core.claim import take
from core.errors import RecordError
from core.index import Index
from core.results import gather
from core.store import Store
from engine import look, run_all, single, tasks_of


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
    (take(store.work(dead)).path).write_text(json.dumps({**_owner(), "boot": "another"}))
    found = look(everything, store)
    assert {name: dict(count) for name, count in found.counts(everything).items()} == {
        "draw": {"done": 1, "running": 1, "stale": 1},
        "scale": {"done": 3, "failed": 1, "waiting": 8},
    }
    assert found.reason(dead) == "its runner died"


def _owner() -> dict[str, object]:
    from dataclasses import asdict

    from core.claim import this_process

    return asdict(this_process())


def test_a_queued_task_is_queued_until_its_record_says_otherwise(store):
    task = single("toy:nothing")
    tasks = [task]
    from core.index import indexes
    from core.status import status

    assert status(tasks, indexes(store, ["one"], None), queued={task.id}).of(task) == "queued"
    run_all(tasks, store)
    assert status(tasks, indexes(store, ["one"], None), queued={task.id}).of(task) == "done"


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


def test_the_cache_answers_without_reading_records(store, tmp_path, monkeypatch):
    tasks = tasks_of(engine.toy.experiment(), "main/")
    run_all(tasks, store)
    cache = tmp_path / "cache"
    for index in look(tasks, store, cache).indexes.values():
        index.save()
    monkeypatch.setattr(Index, "_read", lambda *_: pytest.fail("a record was read again"))
    assert set(look(tasks, store, cache).states.values()) == {"done"}


@pytest.mark.parametrize("damage", ["{", "[]", '{"x": {"unknown": 1}}', ""])
def test_a_damaged_cache_is_made_anew(store, tmp_path, damage):
    tasks = tasks_of(engine.toy.experiment(), "main/")
    run_all(tasks, store)
    cache = tmp_path / "cache"
    for index in look(tasks, store, cache).indexes.values():
        index.save()
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
    left, unknown = look(tasks, store).remaining_seconds(tasks)
    assert (left, unknown) == (0.0, ["draw", "scale"])
    run_all(tasks_of(engine.toy.experiment(), "main/run=0"), store)
    left, unknown = look(tasks, store).remaining_seconds(tasks)
    assert left > 0
    assert unknown == []


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
