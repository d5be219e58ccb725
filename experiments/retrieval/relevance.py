"""Which items answer which query: sparse lists, of any number of items a query."""

from typing import Any, NamedTuple, TypeAlias

import numpy as np

from core.errors import DataError
from experiments.common.problems import some

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]


class Relevance(NamedTuple):
    """The pairs of a query and an item that belong together, each once, in ascending order.

    Attributes
    ----------
    query, item:
        (pairs,) positions among the queries and among the items.
    queries, items:
        How many of each there are.
    """

    query: Array
    item: Array
    queries: int
    items: int

    @property
    def counts(self) -> Array:
        """How many items answer each query, (queries,), at least one."""
        return np.bincount(self.query, minlength=self.queries)

    def hits(self, top: Array) -> Array:
        """Tell which of the items (queries, depth) found for each query answer it."""
        known = self.query * self.items + self.item
        asked = np.arange(self.queries)[:, None] * self.items + top
        place = np.minimum(np.searchsorted(known, asked), len(known) - 1)
        found: Array = known[place] == asked
        return found

    def reversed(self) -> "Relevance":
        """Let items be queries, and queries items."""
        return relevance(self.item, self.query, self.items, self.queries)


def relevance(query: Array, item: Array, queries: int, items: int) -> Relevance:
    """Sort pairs of a query and an item, in any order and however often.

    Raises DataError where a query has no item: its scores would not be defined.
    """
    pairs = np.unique(query.astype(np.int64) * items + item)
    query, item = np.divmod(pairs, items)
    without = np.setdiff1d(np.arange(queries), query)
    if len(without):
        raise DataError(
            f"nothing is relevant to {len(without)} of {queries} queries, by their positions "
            f"{some(without.tolist())}; leave them out"
        )
    return Relevance(query, item, queries, items)
