import json
import logging
import os
import shutil
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import engine
from core import Dataset, Experiment, Inputs, Output, Plan, Setting, Stage
from core.claim import take
from core.errors import ConfigError, RecordError, Stopped
from core.execute import Machine, execute, lost, seed_of
from core.fingerprint import DataFolder
from core.stop import STOP
from core.store import Store
from engine import MACHINE, die, run_all, single, tasks_of

# Stage functions of these tests are reached by dotted path, as a plan's are.
HERE = "test_core_execute"


def speak(setting: Setting, inputs: Inputs, output: Output) -> None:
    print("out")
    print("err", file=sys.stderr)
    logging.getLogger("x").warning("logged")
    output["small"] = output["file"] = np.arange(3)
    output["large"] = np.ones((1024, 256))
    output.memmap("mapped", (4, 2), "float32")[:] = 7
    (output.folder / "notes").mkdir()
    (output.folder / "notes" / "a.txt").write_text("kept")
    output.info["answer"] = 42


def undeclared(setting: Setting, inputs: Inputs, output: Output) -> None:
    output.info["lr"] = setting.lr


def exits(setting: Setting, inputs: Inputs, output: Output) -> None:
    sys.exit(3)


def counts_up(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Go one step further at each attempt, stopping as Ctrl-C would."""
    mark = output.checkpoint / "step"
    step = int(mark.read_text()) + 1 if mark.exists() else 0
    mark.write_text(str(step))
    (output.folder / "half").write_text("made")
    if step < 2:
        raise (KeyboardInterrupt if step == 0 else ValueError)("stop")
    output["step"] = step


def patient(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Stop when asked, and go on from there."""
    print("at work")
    mark = output.checkpoint / "mark"
    if not mark.exists():
        STOP.ask()
    if output.stopping:
        mark.touch()
        raise Stopped("after 3 of 8 steps")
    output.info["resumed"] = True


def objects(setting: Setting, inputs: Inputs, output: Output) -> None:
    output["bad"] = np.array([{}], dtype=object)


def context(setting: Setting, inputs: Inputs, output: Output) -> None:
    output.info.update(device=inputs.device, threads=inputs.threads, data=str(inputs.data))


def overtaken(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Sleep so long that another takes over and clears what was written, and go on."""
    work = output.folder.parent
    shutil.rmtree(work)
    take(work)
    (work / "claim.1").rename(work / "claim.2")
    (output.folder / "x").write_text("on")


def full_disk(setting: Setting, inputs: Inputs, output: Output) -> None:
    raise OSError(28, "No space left on device")


@pytest.fixture
def store(tmp_path) -> Store:
    store = Store(tmp_path / "results", "toy")
    store.prepare(["one"])
    return store


def test_a_record_holds_arrays_files_info_log_and_provenance(store):
    task = single(f"{HERE}:speak")
    assert execute(task, store, MACHINE).status == "done"
    record = store.record(task)
    assert record["small"].tolist() == [0, 1, 2]
    assert record["large"].shape == (1024, 256)
    assert isinstance(record["mapped"], np.memmap)
    assert float(record["mapped"].sum()) == 56
    assert record["file"].tolist() == [0, 1, 2]
    assert record.arrays == ["file", "large", "mapped", "small"]
    assert (record.folder / "notes" / "a.txt").read_text() == "kept"
    assert record.info["answer"] == 42
    log = (record.folder / "log.txt").read_text()
    assert all(word in log for word in ("out", "err", "logged"))
    meta = record.meta
    assert meta["setting"] == {"x": 1}
    assert meta["packages"]["numpy"] == np.__version__
    assert meta["host"]
    assert meta["seconds"] > 0
    assert meta["peak_memory_mb"] > 1
    assert not any((store.folder / "one" / ".work").iterdir())


def test_few_files_a_record(store):
    task = single("toy:nothing")
    execute(task, store, MACHINE)
    assert [p.name for p in store.path(task).iterdir()] == ["record.json"]


def test_a_failure_keeps_traceback_and_log_and_leaves_no_record(store):
    task = next(t for t in tasks_of(engine.toy.experiment(), "odd/run=0") if t.needs)
    store.prepare(["draw", "scale"])
    draw, scale = task.needs["draw"], task
    assert [execute(t, store, MACHINE).status for t in (draw, scale)] == ["done", "failed"]
    assert not store.has(scale)
    failure = store.unfinished(scale).failure()
    assert failure["error"] == "ValueError: this method is broken"
    assert "raise ValueError" in failure["traceback"]
    assert "about to break" in store.unfinished(scale).log.read_text()


@pytest.mark.parametrize(
    ("function", "told"),
    [
        ("undeclared", "stage 'one' reads factor 'lr', which it does not declare"),
        ("exits", "SystemExit: 3"),
        ("objects", "holds Python objects"),
        ("full_disk", "No space left on device"),
        ("contxt", "did you mean 'context'"),
    ],
)
def test_what_goes_wrong_in_a_stage_fails_its_task_only(store, function, told):
    outcome = execute(single(f"{HERE}:{function}"), store, MACHINE)
    assert outcome.status == "failed"
    assert told in outcome.error


def test_who_was_overtaken_tells_no_failure_and_leaves_the_other_alone(store):
    task = single(f"{HERE}:overtaken")
    assert execute(task, store, MACHINE).status == "held"
    assert os.listdir(store.work(task)) == ["claim.2"]


def test_an_interrupted_or_failed_attempt_leaves_its_checkpoint_to_the_next(store):
    task = single(f"{HERE}:counts_up")
    with pytest.raises(KeyboardInterrupt):
        execute(task, store, MACHINE)
    assert not store.unfinished(task).running()
    assert execute(task, store, MACHINE).status == "failed"
    assert execute(task, store, MACHINE).status == "done"
    record = store.record(task)
    assert record["step"] == 2
    assert not (record.folder / "checkpoint").exists()
    assert not store.work(task).exists()


@pytest.fixture
def stop(monkeypatch):
    """Let a test ask this process to stop."""
    monkeypatch.setattr(STOP, "asked", False)


def test_a_stage_that_stops_when_asked_leaves_its_checkpoint_and_log_only(store, stop):
    task = single(f"{HERE}:patient")
    outcome = execute(task, store, MACHINE)
    assert (outcome.status, outcome.error) == ("stopped", "after 3 of 8 steps")
    assert sorted(os.listdir(store.work(task))) == ["checkpoint", "log.txt"]
    STOP.asked = False
    assert execute(task, store, MACHINE).status == "done"
    assert store.record(task).info == {"resumed": True}
    assert (store.record(task).folder / "log.txt").read_text() == "at work\n" * 2


def test_nothing_is_begun_after_a_stop_was_asked_for(store, stop):
    done, other = single("toy:nothing"), single("toy:nothing", y=2)
    execute(done, store, MACHINE)
    STOP.ask()
    assert execute(done, store, MACHINE).status == "done"
    assert execute(other, store, MACHINE).status == "stopped"
    assert not store.work(other).exists()


def test_a_process_that_died_is_the_failure_of_its_task(store):
    task = single("toy:nothing")
    (store.work(task) / "checkpoint").mkdir(parents=True)
    die(store, task)
    (store.work(task) / "out.1").mkdir()
    assert lost(task, store, "exit status 3").error == "WorkerDied: exit status 3"
    assert sorted(os.listdir(store.work(task))) == ["checkpoint", "failure.json"]
    assert store.unfinished(task).failure()["traceback"] == "WorkerDied: exit status 3"


def test_a_process_that_died_is_no_failure_where_the_record_is_whole_or_another_has_it(store):
    done, taken = single("toy:nothing"), single("toy:nothing", y=2)
    execute(done, store, MACHINE)
    assert lost(done, store, "killed").status == "done"
    take(store.work(taken))
    assert lost(taken, store, "killed").status == "held"


def test_a_process_that_died_is_told_where_nothing_can_be_kept(store, monkeypatch):
    def refuse(self, *_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", refuse)
    outcome = lost(single("toy:nothing"), store, "killed")
    assert outcome.status == "failed"
    assert outcome.error == "killed (and this could not be kept: No space left on device)"


def test_a_task_is_computed_once(store, tmp_path, monkeypatch):
    monkeypatch.setenv("TOY_COUNTS", str(tmp_path))
    tasks = tasks_of(engine.toy.experiment(), "main/")
    assert len(tasks) == 12
    for _ in range(2):
        assert {o.status for o in run_all(tasks, store)} == {"done"}
    assert (tmp_path / "draw").read_text() == "x" * 3
    assert (tmp_path / "scale").read_text() == "x" * 9


def test_a_task_that_another_runner_has_is_left_to_it(store):
    task = single("toy:nothing")
    claim = take(store.work(task))
    assert claim is not None
    assert execute(task, store, MACHINE).status == "held"


def test_runners_at_once_compute_each_task_once(store, tmp_path, monkeypatch):
    monkeypatch.setenv("TOY_COUNTS", str(tmp_path))
    tasks = [t for t in tasks_of(engine.toy.experiment(), "main/") if not t.needs]
    store.prepare(["draw"])
    runners = [
        threading.Thread(target=lambda: [execute(t, store, MACHINE) for t in tasks])
        for _ in range(2)
    ]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert (tmp_path / "draw").read_text() == "x" * 3


def test_half_made_output_of_a_dead_attempt_does_not_enter_the_record(store):
    task = single("toy:nothing")
    left = store.work(task) / "out.1"
    left.mkdir(parents=True)
    (left / "half").write_text("made")
    assert execute(task, store, MACHINE).status == "done"
    assert not (store.path(task) / "half").exists()


def test_the_seed_follows_the_replicate_alone(store):
    experiment = Experiment(
        name="toy",
        purpose="",
        plans=[Plan("p", method=["a", "b"])],
        replicates={"run": range(3)},
        stages=[Stage("one", f"{HERE}:context", uses=["method", "run"])],
    )
    tasks = list(tasks_of(experiment))
    run_all(tasks, store)
    seeds = {}
    for task in tasks:
        seeds.setdefault(task.setting.run, set()).add(store.record(task).meta["seed"])
    assert all(len(found) == 1 for found in seeds.values())
    assert len(set.union(*seeds.values())) == 3
    assert seed_of({}) == seed_of({})


def test_data_and_machine_reach_the_stage_and_the_record(store, tmp_path):
    experiment = Experiment(
        name="toy",
        purpose="",
        plans=[Plan("p", dataset="mine")],
        stages=[Stage("one", f"{HERE}:context", data="dataset")],
        data={"mine": Dataset("my data")},
    )
    (task,) = tasks_of(experiment)
    machine = Machine(threads=3, device="cuda", data={"mine": DataFolder(tmp_path, "abc")})
    execute(task, store, machine)
    record = store.record(task)
    assert record.info == {"device": "cpu", "threads": 3, "data": str(tmp_path)}
    assert record.meta["data"] == {"name": "mine", "path": str(tmp_path), "fingerprint": "abc"}


def test_a_record_damaged_by_hand_names_the_file_and_the_way_out(store):
    task = single(f"{HERE}:speak")
    execute(task, store, MACHINE)
    (store.path(task) / "arrays.npz").write_bytes(b"PK\x03\x04 torn")
    with pytest.raises(RecordError, match="array 'small' cannot be read") as caught:
        store.record(task)["small"]
    assert f"-s id={task.id} -R one" in str(caught.value)
    (store.path(task) / "large.npy").unlink()
    with pytest.raises(RecordError):
        store.record(task)["large"]
    (store.path(task) / "record.json").write_text("{")
    with pytest.raises(RecordError, match=r"record\.json cannot be read"):
        _ = store.record(task).meta


def test_an_unknown_array_names_the_nearest(store):
    task = single(f"{HERE}:speak")
    execute(task, store, MACHINE)
    with pytest.raises(RecordError, match="did you mean 'small'"):
        store.record(task)["smal"]


def test_no_pickle_is_read_from_a_record(store):
    task = single(f"{HERE}:speak")
    execute(task, store, MACHINE)
    np.save(store.path(task) / "evil.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(RecordError, match="pickle"):
        store.record(task)["evil"]


def test_results_that_cannot_be_written_are_refused_before_anything_runs(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigError, match="--results PATH"):
        Store(tmp_path / "file", "toy").prepare(["one"])


def test_a_task_that_cannot_be_claimed_fails_and_nobody_is_at_it(store, monkeypatch):
    task = single(f"{HERE}:speak")

    def full(handle: int, mode: str) -> None:
        os.close(handle)
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as changed:
        changed.setattr("core.claim.os.fdopen", full)
        outcome = execute(task, store, MACHINE)
    assert outcome.status == "failed"
    assert "No space left on device" in outcome.error
    assert not store.unfinished(task).running()
    assert execute(task, store, MACHINE).status == "done"


def test_a_failure_that_cannot_be_kept_is_still_told(store, monkeypatch):
    task = single(f"{HERE}:full_disk")

    def refuse(self, *words, **more):
        if self.name.startswith("failure"):
            raise OSError(28, "No space left on device")
        return real(self, *words, **more)

    real = Path.write_text
    monkeypatch.setattr(Path, "write_text", refuse)
    outcome = execute(task, store, MACHINE)
    assert "could not be kept" in outcome.error


def test_records_of_another_id_are_not_trusted(store):
    task, other = single("toy:nothing"), single("toy:nothing", y=2)
    execute(task, store, MACHINE)
    shutil.copytree(store.path(task), store.path(other))
    with pytest.raises(RecordError, match="does not describe this task"):
        _ = store.record(other).meta


def test_json_of_a_record_is_plain(store):
    task = single("toy:nothing", rate=1e-5, name="x", flag=True, none=None)
    execute(task, store, MACHINE)
    meta = json.loads((store.path(task) / "record.json").read_text())
    assert meta["setting"] == {"x": 1, "rate": 1e-5, "name": "x", "flag": True, "none": None}
    assert os.path.basename(store.path(task)) == meta["id"]


def test_a_kill_just_after_the_record_leaves_nothing_behind_for_long(store):
    task, other = single("toy:nothing"), single("toy:nothing", y=2)
    execute(task, store, MACHINE)
    die(store, task)
    (store.work(other) / "checkpoint").mkdir(parents=True)
    store.sweep("one")
    assert [p.name for p in (store.folder / "one" / ".work").iterdir()] == [other.id]
    assert store.has(task)


def test_a_runner_that_still_tidies_up_is_left_to_it(store):
    task = single("toy:nothing")
    execute(task, store, MACHINE)
    take(store.work(task))
    store.sweep("one")
    assert store.work(task).is_dir()
