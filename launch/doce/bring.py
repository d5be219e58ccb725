"""Makes records of the results that doce left, with the machinery that makes all records."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from rich.progress import track

from core import Experiment, Inputs, Output, Setting
from core.execute import Machine, execute
from core.provenance import code_version
from core.store import Store
from core.task import Task
from launch.doce.finding import File, Found
from launch.doce.old import STAGE, OldExperiment, OldMetric
from launch.terminal import Terminal


@dataclass
class Brought:
    """What became of the settings that have files.

    Attributes
    ----------
    new, there:
        Number of records made now, and of those that were there.
    changed:
        Settings whose records were made from other files than lie there now.
    unreadable:
        Files that hold no array, and values that a function of the user did not give.
    failed:
        Records that could not be written.
    """

    new: int = 0
    there: int = 0
    changed: list[Setting] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def bring(
    experiment: Experiment, old: OldExperiment, found: Found, store: Store, terminal: Terminal
) -> Brought:
    """Make a record for each setting that has files, unless there is one."""
    store.prepare([STAGE])
    brought = Brought()
    maker = experiment.task_maker()
    machine = Machine(code=code_version())
    watched = track(
        found.files.items(),
        "bringing",
        console=terminal.err,
        transient=True,
        disable=not terminal.err.is_terminal,
    )
    for setting, files in watched:
        task = maker.tasks(setting)[STAGE]
        if store.has(task):
            brought.there += 1
            if _changed(task, files, store):
                brought.changed.append(setting)
        else:
            _bring(task, files, old, store, machine, brought)
    return brought


def _bring(
    task: Task,
    files: Mapping[str, File],
    old: OldExperiment,
    store: Store,
    machine: Machine,
    brought: Brought,
) -> None:
    arrays = dict(_arrays(files, brought.unreadable))
    if not arrays:
        return

    def keep(setting: Setting, inputs: Inputs, output: Output) -> None:
        for name, array in arrays.items():
            output[name] = array
        for name, number in _numbers(files, arrays, old.metrics, brought.unreadable):
            output[name] = number
        output.info["doce"] = _origin(files, old)

    outcome = execute(task, store, machine, keep)
    if outcome.status == "done":
        brought.new += 1
    else:
        brought.failed.append(f"{task.setting}: {outcome.error or 'another runner has it'}")


def _arrays(files: Mapping[str, File], unreadable: list[str]) -> Iterator[tuple[str, Any]]:
    """Read the files of a setting; one that a killed job left half written is named."""
    for name, file in files.items():
        try:
            with file.path.open("rb") as opened:
                array = np.load(opened, allow_pickle=False)
                if not isinstance(array, np.ndarray) or not array.size:
                    raise ValueError("it holds no values")
            yield name, array
        except Exception as error:  # damaged bytes make the reader raise anything
            unreadable.append(f"{file.path.name}: {error}")


def _numbers(
    files: Mapping[str, File],
    arrays: Mapping[str, Any],
    metrics: Sequence[OldMetric],
    unreadable: list[str],
) -> Iterator[tuple[str, float]]:
    """Compute the metrics that are functions of the user's file."""
    by_output = {files[name].output: array for name, array in arrays.items()}
    for metric in metrics:
        if metric.function is None or metric.output not in by_output:
            continue
        try:
            yield metric.array, float(metric.function(by_output[metric.output]))
        except Exception as error:  # whatever the user's function raises concerns it alone
            unreadable.append(f"metric {metric.name}: {type(error).__name__}: {error}")


def _origin(files: Mapping[str, File], old: OldExperiment) -> dict[str, object]:
    """Tell where a record came from."""
    newer = "2024" if any(file.delimiter != "_" for file in files.values()) else "2022"
    return {
        "dialect": old.version or newer,
        "version": old.version,
        "folder": str(next(iter(files.values())).path.parent),
        "files": _stamps(files),
    }


def _stamps(files: Mapping[str, File]) -> dict[str, dict[str, object]]:
    """Say of each file by what its change would be noticed."""
    stamps: dict[str, dict[str, object]] = {}
    for name, file in files.items():
        stat = file.path.stat()
        stamps[name] = {"name": file.path.name, "bytes": stat.st_size, "modified": stat.st_mtime}
    return stamps


def _changed(task: Task, files: Mapping[str, File], store: Store) -> bool:
    """Tell whether a record was brought from files that have changed since."""
    origin = store.record(task).info.get("doce")
    return origin is not None and origin["files"] != _stamps(files)
