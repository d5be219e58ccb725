"""The action --rank: settings ranked over the modalities of a factor, for instance datasets."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import ConfigError
from core.experiment import Experiment
from core.metric import Metric
from core.selection import Selection
from launch import rows
from launch.columns import Columns, read_columns
from launch.tables import Drawn
from launch.terminal import Terminal
from launch.wishes import TableWishes
from launch.workspace import Workspace

if TYPE_CHECKING:
    from export.ranking import Ranking


def check(experiment: Experiment, wishes: TableWishes, over: str) -> None:
    """Refuse what cannot be ranked now, not after a night of computing."""
    from export.pivot import check_factors

    check_factors(experiment, [over])
    columns = read_columns(experiment, wishes.columns)
    if columns.over or wishes.sort is not None or wishes.published:
        raise ConfigError("--rank has a table of its own, without pivot, --sort and --published")
    _metric(columns)


def make(
    workspace: Workspace,
    selection: Selection,
    wishes: TableWishes,
    over: str,
    terminal: Terminal,
) -> Drawn:
    """Rank the selected settings: average ranks, wins and losses, critical differences."""
    from export.ranked import pair_table, rank_table
    from export.ranking import rank
    from export.table import Note

    metric = _metric(read_columns(workspace.experiment, wishes.columns))
    columns = Columns([metric], [over], named=True)
    best = rows.chosen(workspace, selection, columns, wishes, terminal)
    ranking = rank(best.results, over, metric, wishes.alpha)
    said = (Note("", best.note),) if best.note else ()
    tables = {"": rank_table(ranking), "pairs": pair_table(ranking)}
    told = {name: replace(table, notes=(*table.notes, *said)) for name, table in tables.items()}
    return Drawn(told, {"critical-difference": partial(_draw, ranking)})


def _metric(columns: Columns) -> Metric:
    ranked = [metric for metric in columns.metrics if metric.higher_is_better is not None]
    if len(ranked) != 1:
        names = ", ".join(metric.name for metric in ranked)
        raise ConfigError(
            f"--rank is by one metric with a direction, as in -d METRIC; there is {names or 'none'}"
        )
    return ranked[0]


def _draw(ranking: "Ranking", path: Path, dpi: int) -> None:
    from export.figures.critical_difference import figure
    from export.figures.style import save

    save(figure(ranking), path, dpi)
