"""The order of rows: by a metric, or as a published table has them."""

import math
from collections.abc import Sequence
from dataclasses import replace

from core.metric import Metric
from core.results import Results, Row
from export.comparison import agrees
from export.pivot import check_factors
from export.published import PublishedRow


def by_metric(results: Results, metric: Metric, within: Sequence[str] = ()) -> Results:
    """Order rows by the mean of a metric, shown or not, the best first and missing ones last.

    A metric without direction goes upwards. Rows that agree in the factors of `within` stay
    together, in the order in which these first occur.
    """
    check_factors(results.experiment, within)
    sign = -1 if metric.higher_is_better else 1
    ranks: dict[tuple[str, ...], int] = {}

    def key(row: Row) -> tuple[int, bool, float]:
        group = tuple(row.setting.tokens(within))
        mean = row.cells[metric.name].mean
        missing = math.isnan(mean)
        return ranks.setdefault(group, len(ranks)), missing, 0.0 if missing else sign * mean

    return replace(results, rows=sorted(results.rows, key=key))


def by_published(results: Results, published: Sequence[PublishedRow]) -> Results:
    """Order rows as the first published row that describes each; those of no paper come last.

    A published row that agrees with every row describes none.
    """
    places: dict[int, int] = {}
    for place, row in enumerate(published):
        agreeing = [i for i, ours in enumerate(results.rows) if agrees(row, ours)]
        if len(agreeing) < len(results.rows):
            for i in agreeing:
                places.setdefault(i, place)
    order = sorted(range(len(results.rows)), key=lambda i: places.get(i, len(published)))
    return replace(results, rows=[results.rows[i] for i in order])
