"""Methods ranked over datasets, after Demšar (JMLR 7, 2006): Friedman's test and Nemenyi's."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from core.contrast import varying
from core.errors import ConfigError, UnknownName
from core.experiment import Experiment
from core.metric import Metric
from core.results import Results
from core.setting import Setting
from core.values import Modality, token
from export.table import listed
from export.testing import check_alpha

if TYPE_CHECKING:
    import numpy as np

    Array: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Ranking:
    """Ranks of methods on every dataset; methods come by their average rank, the best first.

    Parameters
    ----------
    metric, over:
        What they are ranked by, and the factor whose modalities are the datasets.
    methods:
        Settings without that factor.
    datasets:
        Its modalities.
    scores:
        Means over runs (methods, datasets), in the unit and at the precision that tables show:
        what looks the same is the same.
    ranks:
        From 1, the best, upwards (methods, datasets); methods that tie share their average.
    left_out:
        Methods without a score on some dataset.
    alpha:
        Level of the critical difference.
    """

    experiment: Experiment
    metric: Metric
    over: str
    methods: Sequence[Setting]
    datasets: Sequence[Modality]
    scores: "Array"
    ranks: "Array"
    left_out: Sequence[Setting]
    alpha: float

    @cached_property
    def average(self) -> "Array":
        """Average rank of each method."""
        found: Array = self.ranks.mean(axis=1)
        return found

    @cached_property
    def critical_difference(self) -> float:
        """Least difference of two average ranks that is significant (Nemenyi; section 3.2.2)."""
        from scipy.stats import studentized_range

        methods, datasets = self.ranks.shape
        q = studentized_range.ppf(1 - self.alpha, methods, math.inf) / math.sqrt(2)
        return float(q * math.sqrt(methods * (methods + 1) / (6 * datasets)))

    @cached_property
    def friedman(self) -> tuple[float, float]:
        """χ² with scipy's correction for ties, and p; NaN for two methods, or if all tie."""
        from scipy.stats import friedmanchisquare

        if len(self.methods) < 3 or (self.ranks == self.ranks[0]).all():
            return math.nan, math.nan
        found = friedmanchisquare(*self.ranks)
        return float(found.statistic), float(found.pvalue)

    @cached_property
    def cliques(self) -> list[tuple[int, int]]:
        """First and last of each longest run of methods that do not differ significantly."""
        critical = self.critical_difference
        average = self.average
        ends = [
            max(j for j in range(i, len(average)) if average[j] - average[i] < critical)
            for i in range(len(average))
        ]
        return [(i, end) for i, end in enumerate(ends) if end > i and (i == 0 or ends[i - 1] < end)]

    @cached_property
    def wins(self) -> "np.ndarray[Any, np.dtype[np.int64]]":
        """Number of datasets on which one method beats another (methods, methods)."""
        found: np.ndarray[Any, np.dtype[np.int64]]
        found = (self.ranks[:, None] < self.ranks[None, :]).sum(axis=2)
        return found


def rank(results: Results, over: str, metric: Metric, alpha: float = 0.05) -> Ranking:
    """Rank methods over datasets by the means over their runs.

    `over` is the factor whose modalities are the datasets; what else tells rows apart is the
    method, but for factors that only some of the datasets have, as a synthetic one has a seed.
    Datasets without any score are passed over; methods that lack a score on one of the others
    are left out.

    Raises UnknownName for an unknown factor, ConfigError for a metric without direction, for less
    than two methods or datasets, and for an `alpha` outside (0, 1).
    """
    import numpy as np
    from scipy.stats import rankdata

    check_alpha(alpha)
    if over not in results.experiment.factors:
        raise UnknownName("factor", over, results.experiment.factors)
    if metric.higher_is_better is None:
        raise ConfigError(f"metric {metric.name!r} has no direction: its values cannot be ranked")
    datasets, found = _scores(results, over, metric)
    whole = {m: s for m, s in found.items() if s.keys() == datasets.keys()}
    _check(results, over, len(datasets), len(whole))
    scores = np.array([[of[name] for name in datasets] for of in whole.values()])
    ranks = rankdata(-scores if metric.higher_is_better else scores, axis=0)
    order = np.argsort(ranks.mean(axis=1), kind="stable")
    methods = list(whole)
    return Ranking(
        experiment=results.experiment,
        metric=metric,
        over=over,
        methods=[methods[i] for i in order],
        datasets=list(datasets.values()),
        scores=scores[order],
        ranks=ranks[order],
        left_out=[method for method in found if method not in whole],
        alpha=alpha,
    )


def _scores(
    results: Results, over: str, metric: Metric
) -> tuple[dict[str, Modality], dict[Setting, Mapping[str, float]]]:
    """Give the datasets with a score, and each method's score on each dataset it has one on."""
    found: dict[Setting, dict[str, float]] = {}
    datasets: dict[str, Modality] = {}
    rows = [row for row in results.rows if over in row.setting]
    own = _own_factors([row.setting for row in rows], over)
    for row in rows:
        of = found.setdefault(row.setting.without({over, *own}), {})
        mean = row.cells[metric.name].mean * metric.scale
        if math.isfinite(mean):
            dataset = row.setting[over]
            datasets[token(dataset)] = dataset
            of[token(dataset)] = round(mean, metric.precision)
    return datasets, dict(found)


def _own_factors(settings: Sequence[Setting], over: str) -> set[str]:
    """Name the factors that some modality of `over` lacks, and that tell no two settings apart."""
    having: dict[str, set[str]] = {}
    for setting in settings:
        having.setdefault(token(setting[over]), set()).update(setting)
    everywhere = set.intersection(*having.values()) if having else set()
    own: set[str] = set()
    for name in sorted(set().union(*having.values()) - everywhere):
        if len({setting.without({*own, name}) for setting in settings}) == len(settings):
            own.add(name)
    return own


def _check(results: Results, over: str, datasets: int, methods: int) -> None:
    if datasets < 2:
        raise ConfigError(
            f"a ranking over {over!r} needs results on two of its modalities; "
            f"the selection has them on {datasets}"
        )
    if methods < 2:
        raise ConfigError(
            f"a ranking over {over!r} needs two settings with results on all its {datasets} "
            f"modalities; the selection has {methods} of {len(results.rows)} rows. "
            "The rest of a setting must be the same on every modality"
            + _not_the_same(results, over)
        )


def _not_the_same(results: Results, over: str) -> str:
    """Name the factors whose modalities depend on that of `over`, and what can be done."""
    settings = [row.setting for row in results.rows if over in row.setting]
    names = [n for n in varying(settings) if n != over and _depends(settings, n, over)]
    if not names:
        return ""
    return f", unlike that of {listed(names)}: select one, or choose by --best-by METRIC"


def _depends(settings: Sequence[Setting], name: str, over: str) -> bool:
    found: dict[str, set[str]] = {}
    for setting in settings:
        found.setdefault(token(setting[over]), set()).update(setting.tokens([name]))
    return len(set(map(frozenset, found.values()))) > 1
