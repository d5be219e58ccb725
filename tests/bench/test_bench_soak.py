"""The audit of bench/soak.py notices what it is there for."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from random import Random
from socket import gethostname

import numpy as np
import pytest

from core.claim import process_start, this_process
from core.store import Store
from engine import run_all, tasks_of, toy

sys.path.append(str(Path(__file__).parents[2] / "bench"))

from soaking.audit import Ledger, left_over, misbehaviour, unexplained, unnoticed
from soaking.faults import FAULTS
from soaking.menu import Work
from soaking.processes import Call
from soaking.records import distance, in_folder, trouble
from soaking.scene import Place, Scene


@pytest.fixture
def results(tmp_path):
    folder = tmp_path / "disk" / "results"
    run_all(tasks_of(toy.experiment(), "main/"), Store(folder, "toy"))
    return folder


@pytest.fixture
def ledger(results):
    kept = Ledger(results)
    assert [*kept.look((), removals=False)] == []
    assert kept.seen == 12
    return kept


@pytest.fixture
def record(results):
    return sorted(results.glob("toy/scale/[!.]*"))[0]


def key(record: Path) -> str:
    return f"toy/scale/{record.name}"


def write(record: Path, **arrays: np.ndarray) -> None:
    np.savez(record / "arrays.npz", **arrays)


def look(ledger, removals=False, damaged=()):
    return [*ledger.look(damaged, removals)]


def test_what_has_not_changed_is_in_order(ledger, results, tmp_path):
    assert look(ledger) == []
    assert [*left_over(results, tmp_path / "cache")] == []


def test_a_silently_changed_array_is_noticed(ledger, record):
    with np.load(record / "arrays.npz") as arrays:
        values = arrays["values"]
    values[3] = np.nextafter(values[3], np.inf)
    write(record, values=values)
    assert look(ledger) == [f"record {key(record)} has changed, or was computed again"]


def test_a_record_computed_again_is_noticed_though_its_arrays_are_equal(ledger, record):
    meta = json.loads((record / "record.json").read_text())
    (record / "record.json").write_text(json.dumps({**meta, "began": meta["began"] + 1}))
    assert look(ledger) == [f"record {key(record)} has changed, or was computed again"]


def test_a_lost_record_is_noticed(ledger, record, tmp_path):
    record.rename(tmp_path / "elsewhere")
    assert look(ledger, removals=True) == [f"record {key(record)} is lost"]


@pytest.fixture
def trashed(record, results):
    goal = results / ".trash" / "20260101-000000" / key(record)
    goal.parent.mkdir(parents=True)
    record.rename(goal)
    return goal


def test_a_removal_that_can_be_undone_is_in_order(ledger, trashed):
    assert look(ledger, removals=True) == []


def test_a_removal_that_nobody_asked_for_is_noticed(ledger, trashed):
    assert look(ledger) == [f"record {key(trashed)} is lost"]


def test_a_removal_that_cannot_be_undone_is_noticed(ledger, trashed):
    (trashed / "arrays.npz").unlink()
    assert look(ledger, removals=True) == [f"record {key(trashed)} is lost"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda record: (record / "record.json").unlink(),
        lambda record: (record / "arrays.npz").unlink(),
        lambda record: os.truncate(record / "record.json", 40),
        lambda record: os.truncate(record / "arrays.npz", 300),
        lambda record: write(record, values=np.zeros(8), more=np.zeros(1)),
        lambda record: np.save(record / "more.npy", np.zeros(1)),
        lambda record: record.rename(record.with_name("0" * 16)),
    ],
)
def test_a_half_record_is_noticed(results, record, spoil):
    spoil(record)
    (found,) = look(Ledger(results))
    assert "is not whole" in found


def test_a_record_that_was_damaged_on_purpose_must_be_noticed_and_come_back(ledger, record):
    assert unnoticed(record)  # it is whole
    os.truncate(record / "arrays.npz", 300)
    assert not unnoticed(record)
    ledger.strike(key(record))
    assert look(ledger, damaged={key(record)}) == []
    assert key(record) not in ledger
    write(record, values=np.zeros(8))
    assert look(ledger) == []
    assert key(record) in ledger


def test_numbers_are_compared_with_those_of_a_run_without_faults(record):
    reference = dict(in_folder(record))
    assert trouble(key(record), reference) == ""
    assert distance(in_folder(record), reference) == 0
    with np.load(record / "arrays.npz") as arrays:
        values = arrays["values"]
    write(record, values=values + 1e-3)
    assert 1e-4 < distance(in_folder(record), reference) < 1e-2
    write(record, values=values[:4])
    assert distance(in_folder(record), reference) == np.inf


def test_what_is_left_over_is_named(results, tmp_path):
    work = results / "toy" / "scale" / ".work" / "abc"
    work.mkdir(parents=True)
    (work / "claim.1").touch()
    (results / "toy" / "scale" / ".abc.part").touch()
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "toy-scale.1234").touch()
    (cache / "toy-scale.json").touch()
    assert [*left_over(results, cache)] == [
        "work is left over: toy/scale/.work/abc with ['claim.1']",
        "toy/scale/.abc.part is left over",
        "toy-scale.1234 is left over in the cache",
    ]


def test_a_failure_needs_a_reason(tmp_path):
    failure = tmp_path / "failure.json"
    failure.write_text('{"error": "OSError: [Errno 28] No space left on device"}')
    assert unexplained(failure) == ""
    failure.write_text('{"error": "KeyError: loss"}')
    assert unexplained(failure) == "KeyError: loss"
    failure.write_text("")
    assert "cannot be read" in unexplained(failure)


def test_a_call_ends_with_a_known_status_and_without_a_traceback():
    trace = "Traceback (most recent call last)\n"
    assert [*misbehaviour(-9, {9}, f"  | {trace}")] == []
    assert [*misbehaviour(137, {9}, "")] == []
    assert [*misbehaviour(-9, set(), trace)] == ["exit status -9", "a traceback was printed"]
    failed = "error: draw 0123456789abcdef failed"
    assert [*misbehaviour(1, set(), f"{failed}: OSError: No space left on device")] == []
    assert [*misbehaviour(1, set(), f"1 done\n{failed}: KeyError: loss")] == [
        f"{failed}: KeyError: loss"
    ]


@pytest.fixture
def scene(tmp_path, results):
    """A round in which two processes run that stand for workers."""
    command = ["sh", "-c", "sleep 60 & sleep 60"]
    process = subprocess.Popen(command, start_new_session=True)
    printed = tmp_path / "00.txt"
    printed.write_text("")
    seen = []
    place = Place(tmp_path / "disk", tmp_path, can_fill=False)
    found = Scene(place, Work("toy", "main/", "main/", ()), Random(0), lambda *w: seen.append(w[0]))
    found.runners.append(Call(["toy"], gethostname(), process, printed))
    found.tasks = {path.name: "scale" for path in results.glob("toy/scale/[!.]*")}
    yield found, seen
    os.killpg(process.pid, 9)
    process.wait()


def claim(scene: Scene, task_id: str, number: int, pid: int) -> None:
    work = scene.place.results / "toy" / "scale" / ".work" / task_id
    work.mkdir(parents=True, exist_ok=True)
    owner = {**asdict(this_process()), "pid": pid, "started": process_start(pid)}
    (work / f"claim.{number}").write_text(json.dumps(owner))


def test_two_that_compute_one_task_are_noticed(scene):
    scene, seen = scene
    (runner,) = scene.runners
    while len(pids := runner.pids()) < 3:
        pass
    claim(scene, "abc", 1, pids[1])
    claim(scene, "def", 1, 2**22)  # has died
    claim(scene, "def", 2, pids[2])
    scene._look_for_two()
    assert seen == []
    claim(scene, "abc", 2, pids[2])
    scene._look_for_two()
    assert seen == ["2 processes compute abc at once"]
    assert {*scene.held(runner)} == {"abc", "def"}


def test_damage_to_a_record_is_always_one_that_sonoplan_notices(scene, results):
    scene, _ = scene
    for _ in range(len(scene.tasks) * 4):
        with FAULTS["record damaged"](scene):
            pass
    assert len(scene.damaged) > len(scene.tasks) // 2
    for damaged in scene.damaged:
        assert not unnoticed(results / damaged)
        assert trouble(damaged, in_folder(results / damaged))
