"""Pivots: the modalities of a factor become columns, so that rows can be read side by side."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from core.contrast import varying
from core.errors import ConfigError, UnknownName
from core.experiment import Experiment
from core.metric import Metric
from core.results import Cell, Results, Row
from core.setting import Setting
from core.values import text, token
from export.cells import ABSENT
from export.table import Column, listed, shown


@dataclass(frozen=True, kw_only=True)
class Pivoted(Metric):
    """A metric in one condition.

    Parameters
    ----------
    of:
        The metric.
    over:
        The factors that became columns.
    at:
        Their modalities in this column; a factor that is blank there is left out.
    """

    of: Metric
    over: tuple[str, ...]
    at: Setting


def pivot(results: Results, over: Sequence[str]) -> Results:
    """Join the rows that differ in the factors of `over` only; each metric has a column for each.

    Factors that follow from those of `over` (a contrastive loss has a temperature, another has
    none) do not keep rows apart. Columns are in the order of the modalities, rows in that of
    their first one. A combination that no row has does not apply.

    Raises UnknownName for an unknown factor, ConfigError for one that no row has.
    """
    over = list(dict.fromkeys(over))
    check_factors(results.experiment, over)
    for name in over:
        if not any(name in row.setting for row in results.rows):
            raise ConfigError(f"no selected setting has the factor {name!r}: nothing to pivot")
    apart = [n for n in varying([row.setting for row in results.rows]) if n not in over]
    joined: dict[tuple[str, ...], dict[Setting, Row]] = {}
    for row in results.rows:
        at = Setting({name: row.setting[name] for name in over if name in row.setting})
        joined.setdefault(tuple(row.setting.tokens(apart)), {})[at] = row
    conditions = _in_order(
        {at: None for rows in joined.values() for at in rows}, results.experiment, over
    )
    metrics = [_pivoted(metric, over, at) for metric in results.metrics for at in conditions]
    rows = [_joined(rows, over, metrics) for rows in joined.values()]
    return replace(results, metrics=metrics, rows=rows)


def check_factors(experiment: Experiment, names: Sequence[str]) -> None:
    """Raise UnknownName for what is no factor, ConfigError for a replicate factor."""
    for name in names:
        if name in experiment.replicates:
            raise ConfigError(
                f"{name!r} is a replicate factor: every cell is made of its runs already; "
                "--cells runs shows them"
            )
        if name not in experiment.factors:
            known = [n for n in experiment.factors if n not in experiment.replicates]
            raise UnknownName("factor", name, known)


def metric_column(metric: Metric) -> Column:
    """Make the column of a metric; one that is pivoted has its heads above it."""
    if not isinstance(metric, Pivoted):
        return Column(metric.title, "metric", "decimal", metric.name, metric)
    outer = f"{metric.of.title} by {listed(metric.over)}"
    *above, title = [shown(metric.at[n]) if n in metric.at else ABSENT for n in metric.over]
    return Column(title, "metric", "decimal", metric.name, metric, (outer, *above))


def _in_order(
    found: Iterable[Setting], experiment: Experiment, over: Sequence[str]
) -> list[Setting]:
    """Order conditions as their modalities are declared, blank ones last."""
    conditions = list(found)
    ranks = {}
    for name in over:
        tokens = {token(at[name]) for at in conditions if name in at}
        ranks[name] = {t: float(i) for i, t in enumerate(_declared(experiment, name, tokens))}
    return sorted(
        conditions,
        key=lambda at: [ranks[n][token(at[n])] if n in at else math.inf for n in over],
    )


def _declared(experiment: Experiment, name: str, found: set[str]) -> list[str]:
    """Give tokens in the order of the plan that has them all, and the fewest beside them."""
    factors = [plan.factors[name] for plan in experiment.plans if name in plan.factors]
    lists = [[token(m) for m in factor.modalities] for factor in factors]
    everything = [token(m) for m in experiment.factors[name]]
    return min((t for t in lists if found <= {*t}), key=len, default=everything)


def _pivoted(metric: Metric, over: Sequence[str], at: Setting) -> Pivoted:
    told = [f"{name}={text(at[name]) if name in at else ABSENT}" for name in over]
    own = {field.name: getattr(metric, field.name) for field in fields(metric)}
    own["name"] = " ".join([metric.name, *told])
    return Pivoted(**own, of=metric, over=tuple(over), at=at)


def _joined(rows: Mapping[Setting, Row], over: Sequence[str], metrics: Sequence[Pivoted]) -> Row:
    absent = Cell(applicable=False)
    cells = {m.name: rows[m.at].cells[m.of.name] if m.at in rows else absent for m in metrics}
    ids = dict.fromkeys(task for row in rows.values() for task in row.ids)
    # What does not keep rows apart has one modality in all that have it.
    setting = {name: value for row in rows.values() for name, value in row.setting.items()}
    return Row(Setting(setting).without(over), cells, tuple(ids))
