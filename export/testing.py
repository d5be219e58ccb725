"""Tests of whether the runs of two rows differ, many at once."""

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from core.errors import ConfigError, UnknownName
from export import student

if TYPE_CHECKING:
    import numpy as np

    Array: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

# Runs by replicate ("run=3"), each a finite number.
Sample: TypeAlias = Mapping[str, float]


@dataclass(frozen=True)
class Test:
    """A two-sided test of samples that pair, and its counterpart for those that do not.

    Both take samples (comparisons, runs) and (comparisons, runs), and give p-values.
    """

    paired: Callable[["Array", "Array"], "Array"]
    unpaired: Callable[["Array", "Array"], "Array"]
    paired_name: str
    unpaired_name: str

    __test__ = False  # pytest would take it for tests of ours


@dataclass(frozen=True)
class Comparison:
    """Two samples; they pair where they have the same replicates."""

    one: Sample
    other: Sample

    @property
    def paired(self) -> bool:
        """Whether each run of one has its counterpart in the other: same seed, same fold."""
        return self.one.keys() == self.other.keys()


def check_alpha(alpha: float) -> None:
    """Raise ConfigError for a level outside (0, 1)."""
    if not 0 < alpha < 1:
        raise ConfigError(f"alpha is {alpha:g}; it must lie between 0 and 1, as 0.05 does")


def find_test(name: str) -> Test:
    """Find a test by name; UnknownName names the nearest."""
    if name not in TESTS:
        raise UnknownName("test", name, [*TESTS, NO_TEST])
    return TESTS[name]


def p_values(comparisons: Sequence[Comparison], test: Test) -> list[float]:
    """Test each comparison; samples of two runs at least.

    Comparisons of the same shape are tested together: the cost lies in the call. Samples
    without any difference have p = 1.
    """
    import numpy as np

    shapes: dict[tuple[bool, int, int], list[int]] = {}
    for place, c in enumerate(comparisons):
        shapes.setdefault((c.paired, len(c.one), len(c.other)), []).append(place)
    found = np.ones(len(comparisons))
    for (paired, _, _), places in shapes.items():
        chosen = [comparisons[place] for place in places]
        one = np.array([list(c.one.values()) for c in chosen])
        other = np.array([_in_order_of(c.one if paired else c.other, c.other) for c in chosen])
        with warnings.catch_warnings():
            # Runs that hardly vary are no accident here; t is then very large, as it should be.
            warnings.simplefilter("ignore", RuntimeWarning)
            found[places] = (test.paired if paired else test.unpaired)(one, other)
    return [1.0 if math.isnan(p) else float(p) for p in found]


def holm(p: Sequence[float]) -> list[float]:
    """Correct the p-values of one family of comparisons (Holm, 1979)."""
    adjusted = [0.0] * len(p)
    highest = 0.0
    for done, place in enumerate(sorted(range(len(p)), key=p.__getitem__)):
        highest = max(highest, min(1.0, (len(p) - done) * p[place]))
        adjusted[place] = highest
    return adjusted


def welch(one: tuple[float, float, int], other: tuple[float, float, int]) -> float:
    """Give p of Welch's t-test from mean, standard deviation and n; NaN where it has no answer."""
    import numpy as np

    if min(one[2], other[2]) < 2 or not one[1] + other[1] > 0:
        return math.nan
    first, second = (student.Moments(np.array(m), np.square(s), n) for m, s, n in (one, other))
    return float(student.welch_t(first, second))


def _in_order_of(names: Sample, sample: Sample) -> list[float]:
    return [sample[name] for name in names]


def _welch(one: "Array", other: "Array") -> "Array":
    return student.welch_t(student.moments(one), student.moments(other))


# scipy.stats is imported late: it takes longer than a table, and t-tests do without.
def _signed_rank(one: "Array", other: "Array") -> "Array":
    import numpy as np
    from scipy.stats import wilcoxon

    sizes = np.sort(abs(one - other), axis=1)
    tied = (sizes[:, 0] == 0) | (np.diff(sizes, axis=1) == 0).any(axis=1)
    p: Array = np.ones(len(one))
    # No exact distribution with ties: the normal one then, since permutations take 0.1 s a row.
    for which, options in ((~tied, {}), (tied, {"method": "approx", "correction": True})):
        if which.any():
            p[which] = wilcoxon(one[which], other[which], axis=1, **options).pvalue
    return p


def _rank_sum(one: "Array", other: "Array") -> "Array":
    from scipy.stats import mannwhitneyu

    p: Array = mannwhitneyu(one, other, axis=1).pvalue
    return p


NO_TEST = "none"
TESTS = {
    "t": Test(student.paired_t, _welch, "paired t-test", "Welch's t-test"),
    "welch": Test(_welch, _welch, "Welch's t-test", "Welch's t-test"),
    "wilcoxon": Test(
        _signed_rank, _rank_sum, "Wilcoxon's signed-rank test", "Wilcoxon's rank-sum test"
    ),
}
