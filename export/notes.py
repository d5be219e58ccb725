"""Footnotes: only what occurs in the table is explained."""

from collections.abc import Iterable, Sequence
from itertools import chain

from core.experiment import Experiment
from core.results import Results, Row
from export.cells import MARKS
from export.pivot import Pivoted
from export.table import CellState, Column, Line, Note

PUBLISHED = "mean ± standard deviation"
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
    summary: str,
    test: str,
) -> list[Note]:
    """Explain numbers, tests, metrics and marks; `summary` and `test` say what was done."""
    lines = [line for group in groups for line in group]
    return [
        *_numbers(groups, columns, experiment, planned, summary),
        *([Note("", test)] if test else []),
        *_differences(lines),
        *_metrics(columns),
        *_marks([*_states(lines, columns), *_counts(lines, planned)]),
    ]


def _numbers(
    groups: Sequence[Sequence[Line]],
    columns: Sequence[Column],
    experiment: Experiment,
    planned: int | None,
    summary: str,
) -> list[Note]:
    ours = [group for group in groups if any(not line.published for line in group)]
    cells = [cell for line in chain(*ours) if not line.published for cell in line.cells]
    cited = any(c.std for line in chain(*groups) if line.published for c in line.cells)
    spread = any(cell.std or cell.spread for cell in cells)
    said = []
    if spread:
        rows = [line.source for group in ours for line in group if isinstance(line.source, Row)]
        over = " and ".join(experiment.replicates_of([row.setting for row in rows]))
        n = f" (n = {planned})" if planned else ""
        said.append(f"{summary} over {over or 'replicates'}{n}")
    if cited and not (spread and summary == PUBLISHED):
        said.append(f"of published figures {PUBLISHED}")
    if any(cell.bold for cell in cells):
        pivoted = any(isinstance(column.metric, Pivoted) for column in columns)
        of = ["group"] * (len(ours) > 1) + ["column"] * pivoted
        said.append(f"best of each {' and '.join(of)} in bold" if of else "best in bold")
    text = "; ".join(said)
    return [Note("", text[0].upper() + text[1:] + ".")] if text else []


def _differences(lines: Iterable[Line]) -> list[Note]:
    found = [cell.difference for line in lines for cell in line.cells if cell.difference]
    if not found:
        return []
    test = ", with p of Welch's t-test, not corrected" if any(d.test for d in found) else ""
    return [Note("", f"Below a published figure: ours − published{test}.")]


def _metrics(columns: Sequence[Column]) -> list[Note]:
    found = [column.metric for column in columns if column.metric is not None]
    told = {m.of.name if isinstance(m, Pivoted) else m.name: m.description for m in found}
    return [Note("", f"{name}: {description}") for name, description in told.items() if description]


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
