import json
import re
import shutil
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

from core import Inputs, Output, Record, Setting, compact
from core.archive import ARCHIVE, Archive
from core.claim import take
from core.errors import ClaimLost, ConfigError, RecordError
from core.execute import execute
from core.store import Store
from engine import MACHINE, look, run_all, single, tasks_of, toy

HERE = "test_core_compact"


def various(setting: Setting, inputs: Inputs, output: Output) -> None:
    output["small"] = np.arange(3)
    output["large"] = np.arange(1 << 18, dtype=np.float32).reshape(512, 512)
    output["columns"] = np.asfortranarray(output_matrix())
    (output.folder / "sounds").mkdir()
    (output.folder / "sounds" / "a.wav").write_bytes(b"RIFF")
    output.info["answer"] = 42
    print("told")


def output_matrix() -> np.ndarray:
    return np.arange(1 << 18, dtype=np.float64).reshape(1024, 256)


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "results", "toy")


@pytest.fixture
def tasks(store):
    tasks = tasks_of(toy.experiment(), "main/")
    run_all(tasks, store)
    return tasks


def names(stage: Path) -> set[str]:
    return {path.name for path in stage.iterdir()} - {".work"}


def contents(store: Store, tasks) -> dict[str, list[float]]:
    return {task.id: store.record(task)["values"].tolist() for task in tasks}


def test_every_kind_of_file_is_read_where_it_lies(store):
    task = single(f"{HERE}:various")
    run_all([task], store)
    written = store.record(task).meta
    compact.compact(store, "one")
    assert names(store.folder / "one") == {ARCHIVE}
    record = store.record(task)
    assert record.meta == written
    assert record.info["answer"] == 42
    assert record["small"].tolist() == [0, 1, 2]
    for name in ("large", "columns"):
        assert isinstance(record[name], np.memmap)
        assert record[name].ctypes.data % compact.ALIGNED == 0
        with pytest.raises(ValueError, match="read-only"):
            record[name][0, 0] = 1
    assert record["large"][3, 4] == 3 * 512 + 4
    assert np.array_equal(record["columns"], output_matrix())
    assert record.files("sounds/*.wav") == {"sounds/a.wav": 4}
    assert record.files("*.wav") == {}
    with record.open("sounds/a.wav") as file:
        assert file.read() == b"RIFF"
    with pytest.raises(RecordError, match=r"has no array 'smal'; did you mean 'small'"):
        record["smal"]
    assert names(store.folder / "one") == {ARCHIVE}


def test_an_archive_is_a_zip_that_any_program_opens(store, tasks, tmp_path):
    found = contents(store, tasks)
    compact.compact(store, "scale")
    with zipfile.ZipFile(store.folder / "scale" / ARCHIVE) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "opened")
    for task in tasks:
        if task.stage.name == "scale":
            with np.load(tmp_path / "opened" / task.id / "arrays.npz") as arrays:
                assert arrays["values"].tolist() == found[task.id]


def test_state_values_and_the_cache_are_what_they_were(store, tasks, tmp_path):
    before = look(tasks, store, tmp_path / "cache")
    metric = toy.experiment().metrics[0]
    ids = [task.id for task in tasks if task.stage.name == "scale"]
    values = [before.indexes["scale"].value(task_id, metric) for task_id in ids]
    before.indexes["scale"].save()
    compact.compact(store, "draw")
    compact.compact(store, "scale")
    for cache in (tmp_path / "cache", None):
        after = look(tasks, store, cache)
        assert after.states == before.states
        assert after.indexes["scale"].scan.done == before.indexes["scale"].scan.done
        assert [after.indexes["scale"].value(i, metric) for i in ids] == values
    assert [execute(task, store, MACHINE).status for task in tasks] == ["done"] * len(tasks)
    assert names(store.folder / "draw") == {ARCHIVE}


def test_more_records_are_folded_into_the_archive_there_is(store, tasks):
    expected = contents(store, tasks)
    draws = [task for task in tasks if task.stage.name == "draw"]
    shutil.move(store.path(draws[0]), store.root / "aside")
    first = compact.compact(store, "draw")
    shutil.move(store.root / "aside", store.path(draws[0]))
    second = compact.compact(store, "draw")
    assert (first.records, second.records) == (len(draws) - 1, 1)
    assert contents(store, tasks) == expected
    assert compact.compact(store, "draw").records == 0


def test_a_folder_counts_before_the_archive_and_replaces_what_it_holds(store, tasks):
    task = tasks.by_setting[0][1]["scale"]
    compact.compact(store, "scale")
    folder = store.record(task).folder
    assert folder.is_dir()
    assert names(store.folder / "scale") == {ARCHIVE, task.id}
    np.savez(folder / "arrays.npz", values=np.full(8, 7.0))
    assert store.record(task)["values"].tolist() == [7.0] * 8
    compact.compact(store, "scale")
    assert names(store.folder / "scale") == {ARCHIVE}
    assert store.record(task)["values"].tolist() == [7.0] * 8


def test_records_taken_out_are_folders_and_no_longer_archived(store, tasks):
    expected = contents(store, tasks)
    task, *_ = [task for task in tasks if task.stage.name == "scale"]
    compact.compact(store, "scale")
    with compact.sole(store, "scale") as claim:
        compact.take_out(store, "scale", [task.id, "unknown"], claim)
    assert store.path(task).is_dir()
    with Archive(store.folder / "scale") as archive:
        assert archive.find(task.id) is None
    assert contents(store, tasks) == expected


def test_what_a_running_task_reads_and_what_is_damaged_stay_folders(store, tasks):
    draws = [task for task in tasks if task.stage.name == "draw"]
    take(store.folder / "scale" / ".work" / "somebody", [draws[0].id])
    (store.path(draws[1]) / "record.json").write_text("{")
    done = compact.compact(store, "draw")
    assert (done.records, done.in_use, done.damaged) == (len(draws) - 2, 1, 1)
    assert names(store.folder / "draw") == {ARCHIVE, draws[0].id, draws[1].id}


def test_where_a_running_task_does_not_tell_what_it_reads_nothing_is_folded(store, tasks):
    claim = take(store.folder / "scale" / ".work" / "old")
    told = json.loads(claim.path.read_text())
    del told["needs"]
    claim.path.write_text(json.dumps(told))
    assert claim.alive()
    assert compact.compact(store, "draw").records == 0
    assert ARCHIVE not in names(store.folder / "draw")


def test_one_at_a_time(store, tasks):
    with compact.sole(store, "draw"), pytest.raises(ConfigError, match="by another call"):
        compact.compact(store, "draw")
    assert compact.compact(store, "draw").records > 0


def test_a_full_disk_changes_nothing(store, tasks, monkeypatch):
    expected = contents(store, tasks)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.compact.sync", full)
    with pytest.raises(ConfigError, match="No space left on device; nothing was changed"):
        compact.compact(store, "draw")
    assert contents(store, tasks) == expected
    assert not any(name.startswith(".") for name in names(store.folder / "draw"))


def test_a_damaged_archive_is_an_error_and_nothing_is_computed_anew(store, tasks):
    compact.compact(store, "draw")
    path = store.folder / "draw" / ARCHIVE
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(RecordError, match=r"records.zip is damaged"):
        look(tasks, store)
    outcome = execute(next(iter(tasks)), store, MACHINE)
    assert outcome.status == "failed"
    assert "records.zip is damaged" in outcome.error


def test_a_byte_that_has_rotted_is_not_carried_on(store, tasks):
    draws = [task for task in tasks if task.stage.name == "draw"]
    shutil.move(store.path(draws[0]), store.root / "aside")
    compact.compact(store, "draw")
    shutil.move(store.root / "aside", store.path(draws[0]))
    path = store.folder / "draw" / ARCHIVE
    with Archive(path.parent) as archive:
        place = archive.find(draws[1].id).files["record.json"]
    whole = bytearray(path.read_bytes())
    whole[place.offset + 5] ^= 1
    path.write_bytes(whole)
    with pytest.raises(RecordError, match=rf"{draws[1].id} -R draw"):
        compact.compact(store, "draw")
    assert store.path(draws[0]).is_dir()


def test_a_file_that_would_lie_elsewhere_is_not_written(store, tasks):
    compact.compact(store, "draw")
    stage = store.folder / "draw"
    path = stage / ARCHIVE
    with Archive(stage) as archive:
        task_id = next(iter(archive.stamps))
    forged = path.read_bytes().replace(b"arrays.npz", b"../../x.py")
    start, size = (int(number) for number in re.findall(rb"\d{20}", forged[-80:]))
    crc = zlib.crc32(forged[start : start + size])
    path.write_bytes(forged[: -len(b"%010d" % crc)] + b"%010d" % crc)
    with pytest.raises(RecordError, match="cannot be called"):
        Record(stage / task_id).folder  # noqa: B018


def test_who_was_overtaken_replaces_nothing_and_leaves_the_other_alone(store, tasks, monkeypatch):
    expected = contents(store, tasks)
    work = store.folder / "draw" / ".archive"

    def another(_: Path) -> None:
        shutil.rmtree(work)
        take(work)
        (work / "claim.1").rename(work / "claim.2")

    monkeypatch.setattr("core.compact.sync", another)
    with pytest.raises(ClaimLost):
        compact.compact(store, "draw")
    assert names(store.folder / "draw") >= {task.id for task in tasks if task.stage.name == "draw"}
    assert not (store.folder / "draw" / ARCHIVE).exists()
    assert [path.name for path in work.iterdir()] == ["claim.2"]
    assert contents(store, tasks) == expected


def test_what_a_killed_compaction_left_is_removed_by_the_next(store, tasks):
    left = store.folder / "draw" / ".archive" / "0123"
    left.mkdir(parents=True)
    (left.parent / "records.zip.1.elsewhere.7").write_text("half")
    compact.compact(store, "draw")
    assert names(store.folder / "draw") == {ARCHIVE}
