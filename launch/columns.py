"""What `-d` asks for: metrics, and factors whose modalities become columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import UnknownName
from core.experiment import Experiment
from core.metric import Metric
from core.results import Results
from launch.flags import words_of


@dataclass(frozen=True)
class Columns:
    """Metrics, those asked for by name or the usual ones, and factors over which to pivot them."""

    metrics: Sequence[Metric]
    over: Sequence[str]
    named: bool

    def shown(self, results: Results) -> Sequence[Metric]:
        """Give the metrics of a table: those named, else those that some row can have."""
        if self.named:
            return self.metrics
        some = [m for m in self.metrics if any(r.cells[m.name].applicable for r in results.rows)]
        return some or self.metrics


def read_columns(experiment: Experiment, asked: str) -> Columns:
    """Read `Sc,Se`, `0,2`, doce's `[0,2]`, and pivots: `Sc:lr:backbone`, or as doce's `lr:0`.

    Before the first colon a word is a metric where there is such a one, behind it a factor; no
    metric stands for all that are not `aside`. Raises UnknownName for a word that is neither.
    """
    first, *behind = [words_of(part.strip().strip("[]")) for part in asked.split(":")]
    rest = [word for words in behind for word in words]
    metrics = [word for word in first if _is_metric(experiment, word)]
    if rest and not metrics and all(_is_metric(experiment, word) for word in rest):
        first, rest, metrics = rest, first, rest  # doce writes the factor first
    found = {metric.name: metric for metric in map(experiment.metric, metrics)}
    over = [word for word in first if word not in metrics]
    _check(experiment, "metric or factor", over, [*(m.name for m in experiment.metrics)])
    _check(experiment, "factor", rest, [])
    over = list(dict.fromkeys([*over, *rest]))
    usual = [metric for metric in experiment.metrics if not metric.aside]
    return Columns(list(found.values()) or usual, over, named=bool(found))


def _check(experiment: Experiment, kind: str, words: Sequence[str], also: Sequence[str]) -> None:
    for word in words:
        if word not in experiment.factors:
            raise UnknownName(kind, word, [*also, *experiment.factors])


def _is_metric(experiment: Experiment, word: str) -> bool:
    try:
        experiment.metric(word)
    except UnknownName:
        return False
    return True
