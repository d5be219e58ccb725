"""Where the numbers of a table come from: read for its formats, and shown by --why."""

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from rich.table import Table as Grid

from core.errors import RecordError, SelectorError
from core.results import Row
from core.selection import Selection
from launch.headed import headed
from launch.terminal import Terminal
from launch.workspace import Workspace

if TYPE_CHECKING:
    from export.table import Line, Origin, Table
    from export.why import Numbered, Source

KNOWN = ("commit", "host", "date", "seconds")
CHANGED = " and changes"
_NUMBER = re.compile("[0-9]{1,9}")  # of a row
DIGITS = 8  # of ids and commits; enough to ask for them


def traced(table: "Table", workspace: Workspace, selection: Selection) -> "Table":
    """Add to a table what the records say of the tasks behind it."""
    return _traced(table, table.lines, workspace, selection)


def check(asked: str, workspace: Workspace) -> None:
    """Refuse a selector that does not parse, before anything is computed."""
    if not _NUMBER.fullmatch(asked):
        workspace.select(asked)


def find(
    table: "Table", asked: str, workspace: Workspace, selection: Selection
) -> "list[Numbered]":
    """Find the rows that a number, counted from 1 at the top, or a selector means.

    Raises SelectorError where no row is meant.
    """
    from export.why import line_number, lines_of

    if _NUMBER.fullmatch(asked):
        return [line_number(table, int(asked))]
    shown = set(selection)
    names = list(workspace.experiment.replicates)
    settings = [s.without(names) for s in workspace.select(asked) if s in shown]
    found = lines_of(table, settings) if settings else []
    if not found:
        raise SelectorError(f"no row of the table is selected by {asked!r}")
    return found


def show(
    table: "Table",
    lines: "Sequence[Numbered]",
    workspace: Workspace,
    selection: Selection,
    terminal: Terminal,
) -> None:
    """Tell of each run of the rows its value, task, commit, host, date and seconds."""
    from export.why import label, sources

    told = _traced(table, (line for _, line in lines), workspace, selection)
    for number, line in lines:
        found = list(sources(line, told))
        terminal.line(f"row {number}: {label(line, table)}")
        terminal.show(_grid(found))
        if any(CHANGED in str(source.origin.get("commit", "")) for source in found):
            terminal.line("+ with changes that were not committed")


def document(
    table: "Table", lines: "Sequence[Numbered]", workspace: Workspace, selection: Selection
) -> list[dict[str, object]]:
    """Describe for scripts what `show` shows; values are in the unit of the table."""
    from export.why import sources

    told = _traced(table, (line for _, line in lines), workspace, selection)
    found: list[dict[str, object]] = []
    for number, line in lines:
        assert isinstance(line.source, Row)
        runs = [{"metric": s.metric, **asdict(s.run), **s.origin} for s in sources(line, told)]
        found.append({"row": number, "setting": dict(line.source.setting), "runs": runs})
    return found


def _grid(sources: "Iterable[Source]") -> Grid:
    titles = ("metric", "replicate", "value", "task", *KNOWN)
    grid = headed(*titles, right=("value", "seconds"), whole={*titles} - {"host"})
    grid.collapse_padding = True  # a line has to fit a terminal of 80 columns
    last = ""
    for source in sources:
        run = source.run
        value = run.state if run.value is None else f"{run.value:.6g}"
        known = [_short(name, source.origin.get(name, "")) for name in KNOWN]
        metric = "" if source.metric == last else source.metric
        grid.add_row(metric, run.replicate or "run", value, run.task[:DIGITS], *known)
        last = source.metric
    return grid


def _short(name: str, value: str | float) -> str:
    """Write what is known so that a line of it fits a terminal of 80 columns."""
    if not isinstance(value, str):
        return f"{value:.1f}"
    if name == "commit":
        return value[:DIGITS] + ("+" if CHANGED in value else "")
    return value.partition(" ")[0]  # of a date the day


def _traced(
    table: "Table", lines: "Iterable[Line]", workspace: Workspace, selection: Selection
) -> "Table":
    """Add what the records say of the tasks behind some lines; nothing of one without a record."""
    tasks = workspace.tasks(selection).by_id
    sources = (line.source for line in lines)
    ids = dict.fromkeys(i for source in sources if isinstance(source, Row) for i in source.ids)
    found: dict[str, Origin] = {}
    for task_id in ids:
        try:
            found[task_id] = _origin(workspace.store.record(tasks[task_id]).meta)
        except RecordError:
            continue  # not computed yet, or damaged: the cell says so
    return replace(table, provenance=found)


def _origin(meta: Mapping[str, Any]) -> "Origin":
    """Tell of a record its code, machine, date and duration."""
    code = meta["code"]
    changed = CHANGED if code.get("dirty") else ""
    return {
        "stage": meta["stage"],
        "commit": f"{code['commit'][:12]}{changed}" if code else "",
        "host": meta["host"],
        "date": time.strftime("%Y-%m-%d %H:%M", time.localtime(meta["began"])),
        "seconds": round(meta["seconds"], 2),
    }
