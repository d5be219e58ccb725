"""The results of each group that are not significantly worse than its best."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from core.results import Row
from export.table import Column, Line
from export.testing import (
    NO_TEST,
    Comparison,
    Sample,
    Test,
    check_alpha,
    find_test,
    holm,
    p_values,
)

# A cell: number of the group, of the line in it, of the column.
Spot = tuple[int, int, int]


@dataclass(frozen=True)
class _Family:
    """The comparisons with the best of one group and metric; how many rows have one run only."""

    comparisons: dict[Spot, Comparison]
    single: int


def check_test(name: str, alpha: float) -> None:
    """Raise UnknownName for an unknown test, ConfigError for an `alpha` outside (0, 1)."""
    if name != NO_TEST:
        find_test(name)
    check_alpha(alpha)


def mark_close(
    groups: Sequence[Sequence[Line]], columns: Sequence[Column], test: str, alpha: float
) -> tuple[tuple[tuple[Line, ...], ...], str]:
    """Mark what is not significantly worse than the best, and say how that was found.

    The best are the cells in bold. Each of our others is compared with the best of them by a
    two-sided test, runs of the same replicate being pairs where both have the same replicates;
    Holm's correction counts the comparisons of a group and metric. Single runs are not tested.
    """
    if test == NO_TEST:
        return tuple(map(tuple, groups)), ""
    chosen = find_test(test)
    families = list(_families(groups, columns))
    close = _close(families, chosen, alpha)
    marked = tuple(
        tuple(_marked(line, (g, row), close) for row, line in enumerate(group))
        for g, group in enumerate(groups)
    )
    return marked, _note(families, chosen, alpha, bool(close))


def _families(groups: Sequence[Sequence[Line]], columns: Sequence[Column]) -> Iterator[_Family]:
    for number, group in enumerate(groups):
        for place, column in enumerate(columns):
            if any(line.cells[place].bold for line in group):
                yield _family(number, group, place, column)


def _family(number: int, group: Sequence[Line], place: int, column: Column) -> _Family:
    ranked = {
        row: line
        for row, line in enumerate(group)
        if not line.published and math.isfinite(line.cells[place].mean)
    }
    # Bold cells show the same; what they are compared by is the best before rounding.
    sign = 1 if column.metric is not None and column.metric.higher_is_better else -1
    bold = [line for line in ranked.values() if line.cells[place].bold]
    best = _sample(max(bold, key=lambda line: sign * line.cells[place].mean), column)
    others = {
        (number, row, place): _sample(line, column)
        for row, line in ranked.items()
        if not line.cells[place].bold
    }
    tested = {
        spot: Comparison(best, sample)
        for spot, sample in others.items()
        if min(len(best), len(sample)) > 1
    }
    return _Family(tested, len(others) - len(tested))


def _sample(line: Line, column: Column) -> Sample:
    assert isinstance(line.source, Row)
    values = line.source.cells[column.name].values
    sample = {name: value for name, value in values.items() if not math.isnan(value)}
    # A median may be finite where a run is not; no test has an answer to that.
    return sample if all(map(math.isfinite, sample.values())) else {}


def _close(families: Sequence[_Family], test: Test, alpha: float) -> set[Spot]:
    found = iter(p_values([c for f in families for c in f.comparisons.values()], test))
    close: set[Spot] = set()
    for family in families:
        corrected = holm(list(islice(found, len(family.comparisons))))
        close |= {spot for spot, p in zip(family.comparisons, corrected, strict=True) if p > alpha}
    return close


def _marked(line: Line, spot: tuple[int, int], close: set[Spot]) -> Line:
    cells = tuple(
        replace(cell, close=True) if (*spot, place) in close else cell
        for place, cell in enumerate(line.cells)
    )
    return replace(line, cells=cells)


def _note(families: Sequence[_Family], test: Test, alpha: float, found: bool) -> str:
    comparisons = [c for family in families for c in family.comparisons.values()]
    single = any(family.single for family in families)
    if not comparisons:
        return "Not tested: one run does not tell how much runs differ." if single else ""
    head = "Underlined: not significantly worse" if found else "All others are significantly worse"
    how = [_named(comparisons, test), _sizes(comparisons), "Holm's correction", f"α={alpha:g}"]
    tail = "; single runs are not tested" if single else ""
    return f"{head} than the best ({', '.join(how)}){tail}."


def _named(comparisons: Sequence[Comparison], test: Test) -> str:
    """Name the tests that were used; two where runs pair in some comparisons only."""
    paired = [c.paired for c in comparisons]
    if all(paired) or test.paired_name == test.unpaired_name:
        return test.paired_name
    if not any(paired):
        return test.unpaired_name
    return f"{test.paired_name}, {test.unpaired_name} where runs do not pair"


def _sizes(comparisons: Sequence[Comparison]) -> str:
    sizes = {len(sample) for c in comparisons for sample in (c.one, c.other)}
    low, high = min(sizes), max(sizes)
    return f"n = {low}" if low == high else f"n = {low} to {high}"
