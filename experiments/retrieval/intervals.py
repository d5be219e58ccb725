"""How sure a mean over queries is, where queries of one clip belong together."""

import math

import numpy as np
from scipy.special import stdtrit

from experiments.retrieval.relevance import Array

CONFIDENCE = 0.95


def half_width(values: Array, cluster: Array) -> float:
    """Give half the 95 % interval of the mean of values (queries,) by jackknife over clusters.

    The five captions of a clip are hard or easy together: of queries as independent, the interval
    would be too narrow. So the mean is taken without each clip in turn, that is without all
    queries whose `cluster` (queries,) is this clip, and with G clips the variance is
    (G - 1) / G times the sum of squares of these means around their own mean. The half-width is
    the standard error times Student's t for G - 1 degrees of freedom. A clip left out as a query
    stays among the items that are ranked.

    NaN where there is one clip alone.
    """
    _, place = np.unique(cluster, return_inverse=True)
    counts, sums = np.bincount(place), np.bincount(place, values)
    clusters = len(counts)
    if clusters < 2:
        return math.nan
    without = (sums.sum() - sums) / (counts.sum() - counts)
    variance = (clusters - 1) / clusters * np.square(without - without.mean()).sum()
    return float(stdtrit(clusters - 1, (1 + CONFIDENCE) / 2) * math.sqrt(variance))
