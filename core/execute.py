"""Computes one task: claim, run, and a record that is whole or absent."""

import hashlib
import json
import os
import shutil
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

from core import provenance
from core.claim import Claim, current_claim, take, this_process
from core.dotted import find_function
from core.durable import replace_text, sync, sync_tree
from core.errors import ClaimLost, PlanError, Stopped, WorkerDied
from core.fingerprint import DataFolder
from core.heart import HEART
from core.log import logged
from core.memory import keep_memory
from core.output import Events, Inputs, Output
from core.record import RECORD_FILE
from core.stop import STOP
from core.store import FAILURE_FILE, LOG_FILE, PROGRESS_FILE, Store
from core.task import Task
from core.values import Modality

SCHEMA = 1
StageFunction: TypeAlias = Callable[[Any, Inputs, Output], object]


@dataclass(frozen=True)
class Machine:
    """What a runner gives the tasks it runs."""

    device: str = "cpu"
    threads: int = 1
    data: Mapping[str, DataFolder] = field(default_factory=dict)
    models: Path = Path("models")
    replicates: frozenset[str] = frozenset()
    code: Mapping[str, object] = field(default_factory=dict)
    events: Callable[[Path], Events] | None = None


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended.

    `held`: another runner has the task; `stopped`: asked to stop it did, and its checkpoint is
    kept; `killed`: its process was killed, and the task may be tried again.
    """

    status: Literal["done", "failed", "held", "stopped", "killed"]
    seconds: float = 0.0
    error: str = ""


def execute(
    task: Task, store: Store, machine: Machine, function: StageFunction | None = None
) -> Outcome:
    """Compute a task unless its record is there or a live runner has it.

    `function` takes the place of the stage's own, for results that were computed elsewhere.
    KeyboardInterrupt passes through after the claim is released, with the checkpoint kept.
    """
    work = store.work(task)
    try:
        if store.has(task):
            return Outcome("done")
        if STOP.asked:
            return Outcome("stopped", error="not begun, for its process was asked to stop")
        claim = take(work, (need.id for need in task.needs.values()))
        if claim is None:
            return Outcome("done" if store.has(task) else "held")
        if store.has(task):  # finished by another between the look and the claim
            _clean(work)
            return Outcome("done")
        HEART.beat_for(claim)
        return _attempt(task, store, machine, claim, function)
    except OSError as error:  # not even a failure can be kept there
        return Outcome("failed", error=f"{work} cannot be worked in: {error}")
    except KeyboardInterrupt:
        # It may have come anywhere, even before `take` had returned.
        mine = current_claim(work)
        if mine is not None and mine.owner() == this_process():
            _release(mine)
        raise
    finally:
        HEART.beat_for(None)


def lost(task: Task, store: Store, how: str) -> Outcome:
    """Keep as the failure of a task that the process which computed it died."""
    measure = provenance.Measure()
    try:
        if store.has(task):  # it died after the record was whole
            return Outcome("done")
        claim = take(store.work(task))
        if claim is None:  # another runner has taken over already
            return Outcome("held")
        _fresh_folder(claim.path.parent, claim)
    except OSError as full:  # which may be why it died
        return Outcome("failed", error=f"{how} (and this could not be kept: {full.strerror})")
    return _fail(task, claim, WorkerDied(how), measure)


def _attempt(
    task: Task, store: Store, machine: Machine, claim: Claim, function: StageFunction | None
) -> Outcome:
    work = claim.path.parent
    keep_memory()
    measure = provenance.Measure()
    output = None
    try:
        folder = _fresh_folder(work, claim)
        output = Output(folder, work, HEART.tell, machine.events)
        inputs = _inputs(task, store, machine)
        with logged(work / LOG_FILE):
            run = function or stage_function(task.stage.run)
            run(task.setting, inputs, output)
        arrays = output.finish()
        meta = _describe(task, inputs, machine, measure)
        if (work / LOG_FILE).exists():
            (work / LOG_FILE).rename(folder / LOG_FILE)
        _write_record(folder, {**meta, "arrays": arrays, "info": output.info})
        _publish(folder, store.path(task), claim)
        return Outcome("done", measure.seconds)
    except ClaimLost:
        return Outcome("held", measure.seconds)
    except Stopped as stopped:
        _release(claim)
        return Outcome("stopped", measure.seconds, str(stopped))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a stage that calls sys.exit has failed too
        if not claim.latest():  # who took over has removed what this attempt had written
            return Outcome("held", measure.seconds)
        return _fail(task, claim, error, measure)
    finally:
        if output is not None:
            with suppress(OSError):  # a full disk: the outcome tells it
                output.close()


def stage_function(dotted: str) -> StageFunction:
    """Import a stage function; raises PlanError where there is none of that name."""
    return cast(StageFunction, find_function(dotted))


def seed_of(replicates: Mapping[str, Modality]) -> int:
    """Derive a seed from replicate factors alone, so that every method has the same for a run."""
    written = "+".join(f"{name}={replicates[name]!r}" for name in sorted(replicates))
    return int.from_bytes(hashlib.sha256(written.encode()).digest()[:4], "big") >> 1


def dataset_of(task: Task) -> Modality:
    """Name the dataset that a task reads, where its stage reads one."""
    return task.setting.get(task.stage.data) if task.stage.data else None


def _inputs(task: Task, store: Store, machine: Machine) -> Inputs:
    replicates = {
        n: task.setting[n] for n in machine.replicates & task.stage.uses & {*task.setting}
    }
    folder = machine.data.get(str(dataset_of(task)))
    return Inputs(
        records={name: store.record(need) for name, need in task.needs.items()},
        data=folder.path if folder else None,
        models=machine.models,
        device=machine.device if task.stage.resources.gpus else "cpu",
        threads=machine.threads,
        seed=seed_of(replicates),
        share=task.share,
    )


def _fresh_folder(work: Path, claim: Claim) -> Path:
    """Make the folder that becomes the record; what dead attempts left half made goes."""
    for name in os.listdir(work):
        kind = name.partition(".")[0]
        if kind == "out":
            shutil.rmtree(work / name, ignore_errors=True)
        elif kind in ("claim", "failure", "progress") and name != claim.path.name:
            (work / name).unlink(missing_ok=True)
    folder = claim.draft("out")
    folder.mkdir()
    return folder


def _describe(
    task: Task, inputs: Inputs, machine: Machine, measure: provenance.Measure
) -> dict[str, object]:
    found: dict[str, object] = {
        "schema": SCHEMA,
        "id": task.id,
        "part": task.part,
        "stage": task.stage.name,
        "version": task.stage.version,
        "share": task.share,
        "setting": dict(task.setting),
        "needs": {name: need.id for name, need in task.needs.items()},
        "code": dict(machine.code),
        "packages": provenance.packages(),
        **provenance.machine(inputs.device),
        "seed": inputs.seed,
        "began": measure.began,
        "seconds": measure.seconds,
        "peak_memory_mb": round(measure.peak_memory_mb(), 1),
    }
    name = str(dataset_of(task))
    if name in machine.data:
        folder = machine.data[name]
        found["data"] = {
            "name": name,
            "path": str(folder.path),
            "fingerprint": folder.fingerprint,
        }
    return found


def _write_record(folder: Path, meta: Mapping[str, object]) -> None:
    (folder / RECORD_FILE).write_text(json.dumps(meta))
    sync_tree(folder)


def _publish(folder: Path, target: Path, claim: Claim) -> None:
    """Move the finished folder into place, once."""
    claim.check()
    try:
        folder.rename(target)
    except OSError as error:
        if target.is_dir():
            raise ClaimLost(f"task {target.name} was finished by another runner") from error
        raise
    sync(target.parent)
    _clean(claim.path.parent)


def _fail(task: Task, claim: Claim, error: BaseException, measure: provenance.Measure) -> Outcome:
    """Keep what a failure was, with its log; the checkpoint stays for the next attempt."""
    told = f"{type(error).__name__}: {error}".strip()
    meta = {
        "id": task.id,
        "stage": task.stage.name,
        "setting": dict(task.setting),
        "needs": {name: need.id for name, need in task.needs.items()},
        "error": told,
        # None of the stage's code has run, or none that could be traced: the message says all.
        "traceback": told if isinstance(error, PlanError | WorkerDied) else _trace(error),
        "time": time.time(),
        "seconds": measure.seconds,
        **provenance.machine(),
    }
    target = claim.path.parent / FAILURE_FILE
    try:
        replace_text(target, json.dumps(meta))
    except OSError as full:
        told += f" (and the failure could not be kept in {target}: {full.strerror})"
    _release(claim)
    return Outcome("failed", measure.seconds, told)


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


def _release(claim: Claim) -> None:
    """Give a claim back; a work folder that holds nothing worth keeping goes."""
    work = claim.path.parent
    shutil.rmtree(claim.draft("out"), ignore_errors=True)
    for name in (PROGRESS_FILE, claim.path.name):
        (work / name).unlink(missing_ok=True)
    try:
        work.rmdir()
    except OSError:
        return  # a checkpoint, a log or a failure is in it


def _clean(work: Path) -> None:
    shutil.rmtree(work, ignore_errors=True)
