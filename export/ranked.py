"""Tables of a ranking: average ranks, and who beats whom on how many datasets."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from core.contrast import constants, varying
from core.metric import Metric
from core.results import Cell as Found
from core.results import Row
from core.setting import Setting
from core.values import text
from export.cells import factor_cell, number
from export.layout import factor_columns
from export.ranking import Ranking
from export.table import Cell, Column, Line, Note, Table, shown


def rank_table(ranking: Ranking) -> Table:
    """Lay out average ranks, and the rank on each dataset.

    The best average is bold; those within the critical difference of it are marked.
    """
    names = varying(ranking.methods)
    factors = {name: [m[name] for m in ranking.methods if name in m] for name in names}
    keys = [f"{ranking.over}={text(dataset)}" for dataset in ranking.datasets]
    ties = int((ranking.ranks % 1).any())
    figures = [
        _figure(ranking, "mean rank", 2, higher_is_better=False),
        *(replace(_figure(ranking, key, ties), title=key.partition("=")[2]) for key in keys),
    ]
    lines = []
    for method, ranks, average in zip(ranking.methods, ranking.ranks, ranking.average, strict=True):
        each = dict(zip(keys, map(float, ranks), strict=True))
        values = [each, *({"": rank} for rank in each.values())]
        line = _line(method, [factor_cell(method, name) for name in names], figures, values)
        lines.append(_emphasised(line, len(names), ranking, float(average)))
    best = "best in bold; underlined: not significantly worse"
    notes = [f"{_subject(ranking)}; {best} ({_test(ranking)}).", _friedman(ranking)]
    return _table(ranking, [*factor_columns(factors), *figures], lines, notes)


def pair_table(ranking: Ranking) -> Table:
    """Lay out on how many datasets each method beats each one below it, ties and loses.

    Differences of average rank that are not significant are marked.
    """
    names = ["method", "against"]
    figures = [
        *(_figure(ranking, name, 0) for name in ("wins", "ties", "losses")),
        _figure(ranking, "rank difference", 2),
    ]
    called, same = labels(ranking), constants(ranking.methods)
    lines = []
    for one, other in combinations(range(len(called)), 2):
        wins, losses = int(ranking.wins[one, other]), int(ranking.wins[other, one])
        behind = float(ranking.average[other] - ranking.average[one])
        values = [wins, len(ranking.datasets) - wins - losses, losses, behind]
        factors = [Cell(called[one], repeated=other > one + 1), Cell(called[other])]
        setting = Setting({**same, "method": called[one], "against": called[other]})
        line = _line(setting, factors, figures, [{"": float(value)} for value in values])
        close = behind < ranking.critical_difference
        last = replace(line.cells[-1], close=close)
        lines.append(replace(line, cells=(*line.cells[:-1], last)))
    columns = [*(Column(name, "factor", "left", name) for name in names), *figures]
    notes = [f"{_subject(ranking)}.", f"Underlined: not significant ({_test(ranking)})."]
    return _table(ranking, columns, lines, notes)


def labels(ranking: Ranking) -> list[str]:
    """Name each method by the factors that tell methods apart."""
    names = varying(ranking.methods)
    return [", ".join(shown(m[n]) for n in names if n in m) for m in ranking.methods]


def _table(
    ranking: Ranking, columns: Sequence[Column], lines: Sequence[Line], notes: Sequence[str]
) -> Table:
    left_out = len(ranking.left_out)
    also = f"Left out: {left_out} without a result on every {ranking.over}." if left_out else ""
    return Table(
        title=ranking.experiment.purpose,
        experiment=ranking.experiment.name,
        columns=tuple(columns),
        groups=(tuple(lines),),
        constants=constants(ranking.methods),
        notes=tuple(Note("", note) for note in (*notes, also) if note),
    )


def _figure(
    ranking: Ranking, name: str, precision: int, higher_is_better: bool | None = None
) -> Column:
    """Make the column of a figure that is made of the metric on several datasets."""
    metric = replace(
        ranking.metric,
        name=name,
        precision=precision,
        higher_is_better=higher_is_better,
        percent=False,
        unit="",
        description="",
    )
    return Column(metric.title, "metric", "decimal", name, metric)


def _line(
    setting: Setting,
    factors: Sequence[Cell],
    figures: Sequence[Column],
    values: Sequence[Mapping[str, float]],
) -> Line:
    """Make a line of means; what they are means of is kept as the runs of a metric are."""
    found = {c.name: Found(v, len(v)) for c, v in zip(figures, values, strict=True)}
    cells = [_cell(found[c.name], c.metric) for c in figures if c.metric is not None]
    return Line((*factors, *cells), Row(setting, found))


def _cell(found: Found, metric: Metric) -> Cell:
    return Cell(number(found.mean, metric.precision), mean=found.mean, n=found.n)


def _emphasised(line: Line, place: int, ranking: Ranking, average: float) -> Line:
    behind = average - float(ranking.average[0])
    # Equal averages may differ by rounding.
    best = math.isclose(behind, 0, abs_tol=1e-9)
    close = not best and behind < ranking.critical_difference
    cells = list(line.cells)
    cells[place] = replace(cells[place], bold=best, close=close)
    return replace(line, cells=tuple(cells))


def _subject(ranking: Ranking) -> str:
    return f"Ranks of {ranking.metric.name} over {ranking.over} (n = {len(ranking.datasets)})"


def _test(ranking: Ranking) -> str:
    return f"Nemenyi's test: less than {ranking.critical_difference:.2f} apart, α={ranking.alpha:g}"


def _friedman(ranking: Ranking) -> str:
    statistic, p = ranking.friedman
    if math.isnan(p):
        return ""
    written = f"p = {p:.3f}" if p >= 0.001 else "p < 0.001"
    return f"Friedman's test of no difference: χ² = {statistic:.2f}, {written}."
