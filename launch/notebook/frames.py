"""A table as a data frame: factors as its index, mean, std and n of each metric as its columns."""

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import pandas as pd

from core.metric import Metric
from core.results import Row
from core.setting import Setting
from core.values import Modality
from export.comparison import same
from export.fields import modality
from export.pivot import Pivoted
from export.sheet import Value
from export.table import Line, Table
from launch.notebook.columns import column, factor

# Whose a row is that no paper has.
OURS = "ours"
Numbers: TypeAlias = Mapping[str, float | None]


def frame_of_table(table: Table) -> pd.DataFrame:
    """Give the numbers of a table; see ShownTable.frame for their arrangement."""
    lines = list(table.lines)
    cited = any(line.published for line in lines)
    columns: dict[tuple[Value, ...], pd.Series] = {}
    for place, head in enumerate(table.columns):
        if head.metric is not None:
            numbers = [_numbers(line, place, head.metric, cited) for line in lines]
            for name in numbers[0]:
                values = [row[name] for row in numbers]
                columns[*_head(head.metric), name] = column(name, values)
    frame = pd.concat(columns, axis=1)
    metrics = [head.metric for head in table.columns if head.metric is not None]
    over = metrics[0].over if isinstance(metrics[0], Pivoted) else ()
    frame.columns.names = ["metric", *over, "statistic"]
    frame.index = _index([c.name for c in table.columns if c.kind == "factor"], lines, cited)
    units = {str(_head(metric)[0]): metric.shown_unit for metric in metrics}
    frame.attrs = {"title": table.title, "constants": dict(table.constants), "units": units}
    return frame


def _head(metric: Metric) -> tuple[Value, ...]:
    """Name a metric, and the modalities of the factors over which it is pivoted."""
    if not isinstance(metric, Pivoted):
        return (metric.name,)
    at = (modality(metric.at[name]) if name in metric.at else None for name in metric.over)
    return (metric.of.name, *at)


def _numbers(line: Line, place: int, metric: Metric, cited: bool) -> Numbers:
    """Give the statistics of a cell, whatever it shows; beside published rows their difference."""
    cell = line.cells[place]
    numbers: dict[str, float | None]
    if isinstance(line.source, Row):
        found = line.source.cells[metric.name]
        scaled = (found.mean * metric.scale, found.std * metric.scale)
        numbers = {"mean": scaled[0], "std": scaled[1], "n": found.n}
    else:
        numbers = {"mean": cell.mean, "std": cell.deviation, "n": line.source.n}
    if cited:
        told = cell.difference
        numbers |= {
            "difference": told.value if told else math.nan,
            "p": told.p if told else math.nan,
        }
    return numbers


def _index(names: Sequence[str], lines: Sequence[Line], cited: bool) -> pd.Index:
    """Name rows by the factors of the table, and say whose they are where some are published."""
    ours = [line.source.setting for line in lines if isinstance(line.source, Row)]
    settings = [_setting(line, names, ours) for line in lines]
    levels = [factor(name, settings) for name in names if name]
    if cited:
        whose = [OURS if isinstance(x.source, Row) else x.source.citation for x in lines]
        levels.append(column("source", whose))
    if not levels:
        return pd.Index([line.cells[0].text for line in lines])
    return pd.MultiIndex.from_arrays(levels) if levels[1:] else pd.Index(levels[0])


def _setting(line: Line, names: Sequence[str], ours: Sequence[Setting]) -> Setting:
    """Read what a published row states of its factors as the modalities that ours have."""
    if isinstance(line.source, Row):
        return line.source.setting
    stated: dict[str, Modality] = {}
    for name, written in line.source.factors.items():
        known = (setting[name] for setting in ours if name in setting)
        stated[name] = next((value for value in known if same(written, value)), written)
    return Setting(stated)
