"""What the command line says about a search."""

from dataclasses import dataclass

from core.errors import ConfigError, UnknownName
from core.experiment import Experiment
from core.metric import Metric

RANDOM, TPE = "random", "tpe"
WAYS = (RANDOM, TPE)


@dataclass(frozen=True)
class SearchWishes:
    """The flags of a search; see launch.arguments for each.

    `batch` is how many settings are drawn at a time where results guide the search.
    """

    number: int
    by: str
    metric: str | None
    seed: int
    batch: int


def metric_of(experiment: Experiment, wishes: SearchWishes) -> Metric:
    """Find the metric that a search is after: the one named, else the first with a direction.

    Raises UnknownName for an unknown metric or way to search, ConfigError for one that says of no
    value that it is better than another.
    """
    if wishes.by not in WAYS:
        raise UnknownName("way to search", wishes.by, WAYS)
    directed = [metric for metric in experiment.metrics if metric.higher_is_better is not None]
    metric = experiment.metric(wishes.metric) if wishes.metric else next(iter(directed), None)
    if metric is None or metric.higher_is_better is None:
        names = ", ".join(metric.name for metric in directed) or "none"
        asked = f"metric {metric.name!r}" if metric else f"experiment {experiment.name!r}"
        raise ConfigError(f"{asked} has no direction to search in; metrics that have one: {names}")
    return metric
