"""Heads over several columns: what a pivoted metric's columns have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from export.table import Column


@dataclass(frozen=True)
class Span:
    """A head over the columns from number `first` to number `last`."""

    title: str
    first: int
    last: int

    @property
    def places(self) -> range:
        """Numbers of its columns."""
        return range(self.first, self.last + 1)


def spans(columns: Sequence[Column]) -> list[list[Span]]:
    """Give the heads over the titles, level by level, the outermost first.

    Neighbours share a head where they agree on all heads down to it.
    """
    depth = max((len(column.above) for column in columns), default=0)
    return [_level(columns, level) for level in range(depth)]


def _level(columns: Sequence[Column], level: int) -> list[Span]:
    found = []
    runs = groupby(range(len(columns)), key=lambda place: columns[place].above[: level + 1])
    for above, places in runs:
        first, *rest = places
        if len(above) > level:
            found.append(Span(above[level], first, rest[-1] if rest else first))
    return found
