"""Damaged results: records, work in progress, what Slurm and its ledger say."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from damage import BINARY, Damage, damage, instead, put, refused
from hypothesis import example, given

from core.archive import ARCHIVE
from core.claim import this_process
from core.compact import compact
from core.record import Record
from core.space import Space
from core.store import Store, finished
from core.task import Task
from core.traces import Traces
from engine import look, run_all, tasks_of, toy
from experiments.common.kept_arrays import kept_arrays
from launch.slurm.accounting import parse_accounting
from launch.slurm.ledger import Ledger, Submitted
from launch.slurm.queue import parse_queue

FAILURE = json.dumps({"error": "x", "traceback": "y", "time": 1.0, "setting": {"run": 1}}).encode()
PROGRESS = json.dumps(
    {"done": 1, "total": 3, "shown": {"loss": 0.5}, "first": 1, "began": 2.0, "time": 3.0}
).encode()
QUEUE = (
    "12|0|RUNNING|n1|None|sonoplan-toy-draw-01234567\n"
    "12|1|PENDING||Dependency|sonoplan-toy-draw-01234567\n"
)
DEEP = instead("[" * 100_000)
JSON = damage() | damage("field")
SACCT = "12_0|COMPLETED|sonoplan-toy-draw-01234567\n12_1|CANCELLED by 5|x\n12_[2-9]|PENDING|x\n"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory):
    """A store with some records, and a task that is not done."""
    store = Store(tmp_path_factory.mktemp("results"), "toy")
    tasks = tasks_of(toy.experiment(), "main/run=0")
    run_all(tasks, store)
    return store, tasks


def record_of(results) -> tuple[Path, Task]:
    store, tasks = results
    task = next(task for task in tasks if task.stage.name == "scale")
    return store.path(task), task


@pytest.fixture(scope="module")
def damaged_record(results):
    """Damages one file of a record, and mends it after the tests."""
    folder, _ = record_of(results)
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    yield folder, kept
    for name, content in kept.items():
        put(folder / name, content)


@given(changed=damage())
def test_damaged_arrays_are_read_or_refused(damaged_record, changed: Damage):
    folder, kept = damaged_record
    put(folder / "arrays.npz", changed(kept["arrays.npz"]))
    with refused(folder):
        assert Record(folder)["values"].size >= 0


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory):
    """A stage's archive, and what its records hold."""
    store = Store(tmp_path_factory.mktemp("archived"), "toy")
    tasks = tasks_of(toy.experiment(), "main/")
    run_all(tasks, store)
    stage = store.folder / "scale"
    values = {name: Record(stage / name)["values"].tolist() for name in finished(stage)}
    compact(store, "scale")
    return stage, (stage / ARCHIVE).read_bytes(), values


@given(changed=BINARY)
def test_a_damaged_archive_gives_what_was_put_in_or_is_refused(archived, changed: Damage):
    stage, content, values = archived
    put(stage / ARCHIVE, changed(content))
    with refused(stage):
        assert finished(stage).keys() == values.keys()
    for name, expected in values.items():
        with refused(stage):
            assert Record(stage / name)["values"].tolist() == expected


@given(changed=BINARY)
def test_a_damaged_large_array_is_mapped_or_refused(tmp_path_factory, changed: Damage):
    folder = tmp_path_factory.getbasetemp() / "stage" / "abc"
    put(folder / "record.json", json.dumps({"id": "abc", "arrays": ["big"]}).encode())
    valid = folder / "valid.npy"
    np.save(valid, np.arange(100.0).reshape(5, 20))
    put(folder / "big.npy", changed(valid.read_bytes()))
    with refused(folder):
        assert Record(folder)["big"].nbytes >= 0


@given(changed=JSON)
@example(changed=DEEP)
def test_a_damaged_description_costs_its_own_record_only(damaged_record, results, changed: Damage):
    folder, kept = damaged_record
    put(folder / "record.json", changed(kept["record.json"]))
    store, tasks = results
    status = look(tasks, store)
    assert set(status.states.values()) <= {"done", "damaged", "waiting"}
    status.left(tasks)
    for task in tasks:
        status.reason(task)
    with refused(folder):
        Record(folder).meta["id"]
    put(folder / "record.json", kept["record.json"])


@given(changed=JSON)
@example(changed=DEEP)
def test_a_damaged_index_is_read_anew(results, tmp_path_factory, changed: Damage):
    store, tasks = results
    cache = tmp_path_factory.getbasetemp() / "cache"
    for index in look(tasks, store, cache).indexes.values():
        index._changed = True
        index.save()
    for file in cache.glob("*.json"):
        put(file, changed(file.read_bytes()))
    status = look(tasks, store, cache)
    assert set(status.states.values()) <= {"done"}
    status.left(tasks)


@given(failure=JSON, progress=JSON, claim=JSON)
@example(failure=DEEP, progress=DEEP, claim=DEEP)
def test_damaged_traces_of_work_say_less(tmp_path_factory, failure, progress, claim):
    store = Store(tmp_path_factory.getbasetemp() / "work", "toy")
    experiment = toy.experiment()
    tasks = tasks_of(experiment, "main/run=0")
    task = next(iter(tasks))
    work = store.work(task)
    put(work / "failure.json", failure(FAILURE))
    put(work / "progress.json", progress(PROGRESS))
    put(work / "claim.1", claim(json.dumps(asdict(this_process())).encode()))
    status = look(tasks, store)
    assert status.of(task) in ("running", "failed", "stale", "to do")
    store.unfinished(task).progress()
    selection = experiment.select(None)
    traces = Traces(store.folder, experiment.task_maker(), Space(selection, ["run"]))
    traces.settings(status.indexes, ["scale"])


@given(changed=JSON)
@example(changed=DEEP)
def test_a_damaged_entry_of_the_ledger_is_passed_over(tmp_path_factory, changed: Damage):
    ledger = Ledger(tmp_path_factory.getbasetemp() / "ledger" / ".slurm")
    whole = Submitted("01234567", "12", "draw", (("a", "b"), ("c",)), "default", "x", 1.0)
    ledger.write(whole)
    other = ledger.jobs / "other.json"
    put(other, changed(json.dumps(asdict(whole)).encode()))
    found = ledger.all()
    assert whole in found
    for entry in found:
        ledger.job_name(entry)
        assert all(isinstance(task, str) for tasks in entry.elements for task in tasks)
    other.unlink()


@given(changed=damage())
@example(changed=instead("slurm_load_jobs: one moment\n"))
@example(changed=instead("12|²|RUNNING|n|None|x\n"))
@example(changed=instead("12|" + "9" * 5000 + "|RUNNING|n|None|x\n"))
def test_whatever_squeue_and_sacct_write_is_understood_or_passed_over(changed: Damage):
    for line in parse_queue(changed(QUEUE.encode()).decode(errors="replace")):
        assert line.standing in ("pending", "running", "held", "unknown", "ended")
        assert line.token is not None
        assert isinstance(line.told, str)
    names = {"12": "sonoplan-toy-draw-01234567"}
    ended = parse_accounting(changed(SACCT.encode()).decode(errors="replace"), names)
    assert all(name == names["12"] for name, _ in ended)


@given(changed=BINARY)
def test_damaged_kept_arrays_are_read_or_missed(tmp_path_factory, changed: Damage):
    path = tmp_path_factory.getbasetemp() / "kept.npz"
    np.savez(path, key=np.arange(5), vector=np.ones((5, 3)))
    put(path, changed(path.read_bytes()))
    assert all(isinstance(array, np.ndarray) for array in kept_arrays(path).values())
