"""The best setting of each group: hyperparameters chosen on a declared metric."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.contrast import varying
from core.errors import ConfigError
from core.metric import Metric
from core.results import Cell, Results, Row
from export.pivot import check_factors
from export.table import listed


@dataclass(frozen=True)
class Best:
    """One row for each group.

    Parameters
    ----------
    results:
        The rows chosen, in the order of their groups.
    per:
        The factors that make the groups.
    chosen:
        The factors whose modalities were chosen.
    note:
        A footnote that says how.
    """

    results: Results
    per: Sequence[str]
    chosen: Sequence[str]
    note: str


def best(
    results: Results, metric: Metric, per: Sequence[str] = (), across: Sequence[str] = ()
) -> Best:
    """Choose in each group the setting with the best mean of a metric, shown or not.

    Settings that agree in `per`, without it in the first factor that varies, are a group. Groups
    are also apart in the factors of `across`, for instance those of a pivot; the choice may then
    differ from cell to cell, and what was chosen is left out of the settings. A group without a
    number has no choice either.

    Raises UnknownName for an unknown factor, ConfigError for a metric without direction.
    """
    check_factors(results.experiment, [*per, *across])
    check_direction(metric)
    names = [name for name in varying([row.setting for row in results.rows]) if name not in across]
    per = [name for name in dict.fromkeys(per) if name not in across] if per else names[:1]
    chosen = [name for name in names if name not in per]
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in results.rows:
        groups.setdefault(tuple(row.setting.tokens([*per, *across])), []).append(row)
    rows = [_best(rows, metric, chosen) for rows in groups.values()]
    if across:
        rows = [replace(row, setting=row.setting.without(chosen)) for row in rows]
    note = _note(list(groups.values()), metric, [*per, *across])
    return Best(replace(results, rows=rows), per, [] if across else chosen, note)


def check_direction(metric: Metric) -> None:
    """Raise ConfigError for a metric that says of no value that it is better than another."""
    if metric.higher_is_better is None:
        raise ConfigError(f"metric {metric.name!r} has no direction: no setting is best by it")


def _best(rows: Sequence[Row], metric: Metric, chosen: Sequence[str]) -> Row:
    finite = _with_number(rows, metric)
    if finite:
        pick = max if metric.higher_is_better else min
        return pick(finite, key=lambda row: row.cells[metric.name].mean)
    first = rows[0]
    cells = {n: Cell(applicable=False) if cell.n else cell for n, cell in first.cells.items()}
    return replace(first, setting=first.setting.without(chosen), cells=cells)


def _with_number(rows: Sequence[Row], metric: Metric) -> list[Row]:
    return [row for row in rows if math.isfinite(row.cells[metric.name].mean)]


def _note(groups: Sequence[Sequence[Row]], metric: Metric, per: Sequence[str]) -> str:
    counts = [len(_with_number(rows, metric)) for rows in groups]
    low, high = min(counts), max(counts)
    sizes = f"{low}" if low == high else f"{low} to {high}"
    missing = sum(map(len, groups)) - sum(counts)
    left_out = f"; {missing} without a result are left out" if missing else ""
    each = f"For each {listed(per)}: " if per else ""
    settings = "setting" if high == 1 else "settings"
    note = f"{each}best of {sizes} {settings} by {metric.name}, the mean over its runs{left_out}."
    return note[0].upper() + note[1:]
