"""Runs as a data frame: a row each, with its metrics and where its record came from."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

import pandas as pd

from core.contrast import varying
from core.errors import RecordError
from core.metric import Metric
from core.results import gather
from core.selection import Selection
from core.setting import Setting
from core.store import Store
from core.task import Task
from launch.notebook.columns import column, factor
from launch.origins import CHANGED
from launch.workspace import Workspace, summed

# Id, commit, host, and when it was finished.
Origin: TypeAlias = tuple[str | None, str | None, str | None, float | None]
NO_ORIGIN: Origin = (None,) * 4


def frame_of_runs(
    workspace: Workspace,
    selection: Selection,
    metrics: Sequence[Metric],
    warn: Callable[[str], object],
) -> pd.DataFrame:
    """Read the records of the selected settings; see Selected.runs for the columns."""
    tasks = workspace.tasks(selection)
    status = workspace.status(tasks)
    # Where no factor is a replicate, each run is a row of its own.
    single = replace(workspace.experiment, replicates={})
    rows = gather(single, tasks, status, metrics, warn).rows
    settings = [setting for setting, _ in tasks.by_setting]
    told = _told(workspace, settings)
    values = {m: [row.cells[m.name].mean * m.scale for row in rows] for m in metrics}
    runs = [[*by_stage.values()] for _, by_stage in tasks.by_setting]
    states = [summed(Counter(map(status.of, run))) for run in runs]
    columns = [
        *(factor(name, settings) for name in told),
        *(pd.Series(found, name=metric.name, dtype=float) for metric, found in values.items()),
        column("state", states),
        *_origins(workspace.store, [run[-1] if run else None for run in runs]),
    ]
    frame = pd.concat(columns, axis=1)
    constants = {name: s[name] for s in settings for name in s if name not in told}
    frame.attrs = {"constants": constants, "units": {m.name: m.shown_unit for m in metrics}}
    return frame


def _told(workspace: Workspace, settings: Sequence[Setting]) -> list[str]:
    """Name the factors that vary, then the replicate factors, whether these vary or not."""
    replicates = workspace.experiment.replicates
    names = [name for name in varying(settings) if name not in replicates]
    return [*names, *(name for name in replicates if any(name in s for s in settings))]


def _origins(store: Store, tasks: Sequence[Task | None]) -> list[pd.Series]:
    """Tell of each task its id, the commit and the host of its record, and when it was finished."""
    read = {task: _origin(store, task) for task in dict.fromkeys(tasks) if task is not None}
    known = [read[task] if task is not None else NO_ORIGIN for task in tasks]
    ids, commits, hosts, times = ([origin[place] for origin in known] for place in range(4))
    finished = pd.Series(times, name="finished", dtype=float)
    return [
        *(column("id", ids), column("commit", commits), column("host", hosts)),
        pd.to_datetime(finished, unit="s", utc=True),
    ]


def _origin(store: Store, task: Task) -> Origin:
    try:
        meta = store.record(task).meta
    except RecordError:
        return task.id, None, None, None  # not computed yet, or damaged: its state says so
    code = meta["code"]
    commit = f"{code['commit']}{CHANGED if code['dirty'] else ''}" if code else None
    return task.id, commit, meta["host"], meta["began"] + meta["seconds"]
