"""The action --sheet: a file of rows for other tools, from the records of the selected settings."""

import csv
from collections.abc import Iterable, KeysView, Mapping
from pathlib import Path
from typing import TextIO

from core.dotted import find_function
from core.errors import PlanError, UnknownName
from core.experiment import Experiment
from core.selection import Selection
from core.sheet import Rows
from launch.finished import finished
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
    wanted = f"sheet {sheet.name!r} is not written"
    found = finished(workspace, selection, sheet.stages, wanted, terminal)
    path = target(workspace, export or sheet.name + FORMAT)
    with replacing(path) as work, work.open("w", encoding="utf-8", newline="") as file:
        write_rows(rows(found), file)
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
