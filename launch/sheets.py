"""The action --sheet: a file of rows for other tools, from the records of the selected settings."""

import csv
from collections import Counter
from collections.abc import Iterable, KeysView, Mapping
from pathlib import Path
from typing import TextIO

from core.dotted import find_function
from core.errors import ConfigError, PlanError, UnknownName
from core.experiment import Experiment
from core.record import Record
from core.selection import Selection
from core.setting import Setting
from core.sheet import Rows, Sheet
from core.task import Task
from launch.target import target
from launch.terminal import Terminal
from launch.workspace import Workspace

FORMAT = ".csv"


def check(experiment: Experiment, name: str, export: str | None) -> None:
    """Refuse an unknown sheet or format now, not after a night of computing."""
    experiment.sheet(name)
    if export and Path(export).suffix.lower() != FORMAT:
        suffix = Path(export).suffix
        raise UnknownName("sheet format", suffix, [FORMAT], f" (asked for {export!r})")


def write(
    workspace: Workspace, selection: Selection, name: str, export: str, terminal: Terminal
) -> Path:
    """Write a sheet of the selected settings whose records are there; gives the file.

    A damaged record raises RecordError; whatever fails, there is no half-written file.
    Raises ConfigError where no selected setting has the records.
    """
    from export.writing import replacing

    sheet = workspace.experiment.sheet(name)
    rows: Rows = find_function(sheet.rows)
    finished = _finished(workspace, selection, sheet, terminal)
    path = target(workspace, export or sheet.name + FORMAT)
    with replacing(path) as work, work.open("w", encoding="utf-8", newline="") as file:
        write_rows(rows(finished), file)
    return path.resolve()


def write_rows(rows: Iterable[Mapping[str, object]], file: TextIO) -> None:
    """Write rows as CSV under the names of the first row's columns.

    Raises PlanError for a row with other columns than the first.
    """
    writer = csv.writer(file, lineterminator="\n")
    columns: KeysView[str] | None = None
    for row in rows:
        if columns is None:
            columns = row.keys()
            writer.writerow(columns)
        elif row.keys() != columns:
            raise PlanError(f"a row has columns {[*row]}, the first one had {[*columns]}")
        writer.writerow([row[name] for name in columns])


def _finished(
    workspace: Workspace, selection: Selection, sheet: Sheet, terminal: Terminal
) -> list[tuple[Setting, Mapping[str, Record]]]:
    """Open the records that the sheet reads, and tell which settings do not have them."""
    tasks = workspace.tasks(selection)
    status = workspace.status(tasks)
    found: list[tuple[Setting, Mapping[str, Record]]] = []
    left_out: Counter[str] = Counter()
    for setting, by_stage in tasks.by_setting:
        read = {name: by_stage[name] for name in sheet.stages if name in by_stage}
        if len(read) == len(sheet.stages) and {*map(status.of, read.values())} <= {"done"}:
            records = {name: workspace.store.record(task) for name, task in read.items()}
            found.append((setting, records))
        else:
            left_out[_standing(workspace, setting, read, sheet)] += 1
    told = ", ".join(f"{count} {state}" for state, count in left_out.items())
    if not found:
        raise ConfigError(
            f"sheet {sheet.name!r} is not written: none of the {len(tasks.by_setting)} selected "
            f"settings is done ({told or 'none is selected'}); compute them with -c"
        )
    if left_out:
        terminal.note(f"{left_out.total()} of {len(tasks.by_setting)} settings left out: {told}")
    return found


def _standing(
    workspace: Workspace, setting: Setting, read: Mapping[str, Task], sheet: Sheet
) -> str:
    absent = [name for name in sheet.stages if name not in read]
    return f"without {absent[0]}" if absent else workspace.state_of(setting)
