"""Footnotes: only what occurs in the table is explained."""

from collections.abc import Iterable, Sequence

from core.experiment import Experiment
from core.results import Results, Row
from export.cells import MARKS
from export.table import CellState, Column, Line, Note

MEANINGS: dict[CellState, str] = {
    "failed": "failed",
    "damaged": "record damaged",
    "stale": "interrupted",
    "running": "running",
    "queued": "queued",
    "waiting": "not computed yet",
    "to do": "not computed yet",
    "not a number": "no number in any replicate",
    "not applicable": "does not apply",
    "not reported": "not reported",
    "blank": "does not apply",
}


def planned_count(results: Results) -> int | None:
    """Number of replicates planned, where it is the same everywhere."""
    cells = (cell for row in results.rows for cell in row.cells.values() if cell.applicable)
    counts = {cell.planned for cell in cells}
    return counts.pop() if len(counts) == 1 else None


def notes(
    groups: Sequence[Sequence[Line]],
    columns: Sequence[Column],
    experiment: Experiment,
    planned: int | None,
) -> list[Note]:
    """Explain numbers, metrics and marks."""
    lines = [line for group in groups for line in group]
    return [
        *_numbers(groups, experiment, planned),
        *_metrics(columns),
        *_marks([*_states(lines, columns), *_counts(lines, planned)]),
    ]


def _numbers(
    groups: Sequence[Sequence[Line]], experiment: Experiment, planned: int | None
) -> list[Note]:
    ours = [group for group in groups if any(not line.published for line in group)]
    cells = [cell for group in ours for line in group for cell in line.cells]
    said = []
    if any(cell.std for cell in cells):
        rows = [line.source for group in ours for line in group if isinstance(line.source, Row)]
        over = " and ".join(experiment.replicates_of([row.setting for row in rows]))
        n = f" (n = {planned})" if planned else ""
        said.append(f"mean ± standard deviation over {over or 'replicates'}{n}")
    if any(cell.bold for cell in cells):
        said.append("best of each group in bold" if len(ours) > 1 else "best in bold")
    text = "; ".join(said)
    return [Note("", text[0].upper() + text[1:] + ".")] if text else []


def _metrics(columns: Sequence[Column]) -> list[Note]:
    metrics = [column.metric for column in columns if column.metric is not None]
    return [Note("", f"{m.name}: {m.description}") for m in metrics if m.description]


def _marks(explained: Sequence[str]) -> list[Note]:
    return [Note("", "; ".join(explained))] if explained else []


def _states(lines: Iterable[Line], columns: Sequence[Column]) -> list[str]:
    """Explain each mark once; states that share a mark share its explanation."""
    found = {
        cell.state
        for line in lines
        for cell, column in zip(line.cells, columns, strict=True)
        if line.label is None or column.kind == "metric"
    }
    meanings: dict[str, list[str]] = {}
    for state, mark in MARKS.items():
        if state in found and MEANINGS[state] not in meanings.setdefault(mark, []):
            meanings[mark].append(MEANINGS[state])
    return [f"{mark} {' or '.join(said)}" for mark, said in meanings.items() if said]


def _counts(lines: Iterable[Line], planned: int | None) -> list[str]:
    cells = (cell for line in lines for cell in (*line.cells, line.label) if cell is not None)
    if not any(cell.count for cell in cells):
        return []
    return [f"(n=k) over k replicates{f', not {planned}' if planned else ''}"]
