"""A table: all that is shown, decided once, so that every drawer shows the same."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from core.metric import Metric
from core.results import Row
from core.status import State
from core.values import Modality, text
from export.published import PublishedRow

CellState: TypeAlias = (
    Literal["value", "blank", "not applicable", "not reported", "not a number"] | State
)

# What is known of a task, by name: stage, commit, host, date, seconds.
Origin: TypeAlias = Mapping[str, str | float]


@dataclass(frozen=True)
class Column:
    """A factor, or a metric; metrics are aligned at the decimal point.

    `above` are the heads over its title that it shares with neighbours, the outermost first.
    """

    title: str
    kind: Literal["factor", "metric"]
    align: Literal["left", "right", "decimal"]
    name: str = ""
    metric: Metric | None = None
    above: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """What it is called where there is one line for it."""
        return self.metric.title if self.above and self.metric is not None else self.title


@dataclass(frozen=True)
class Difference:
    """Ours less a published figure, in the unit of the column's title.

    `text` and `test` are what is shown: `+1.20`, and `(p=0.034)` or nothing; `p` is NaN where
    the paper does not give what a test needs.
    """

    text: str
    test: str
    value: float
    p: float


@dataclass(frozen=True)
class Cell:
    """What one cell shows, and the numbers behind it.

    Parameters
    ----------
    text, std:
        A factor's value, the mark of a state, or a number and what follows its ± as shown.
    spread:
        Follows the number instead of ±, in brackets: `[45.1, 52.3]`.
    count, mark:
        Set small after the text: `(n=2)`, and a reference to a footnote.
    state:
        `value`, or why there is none.
    bold:
        Best of its group.
    close:
        Not significantly worse than the best: drawn underlined.
    difference:
        In a published row: ours less this figure, set below it.
    repeated:
        Same as in the row above, in the column that groups the rows: a page leaves it out.
    mean, deviation, n:
        The numbers that `text` and `std` show, not rounded, in the unit of the column's title
        (NaN where there is none), and how many runs they are made of.
    """

    text: str
    std: str = ""
    spread: str = ""
    count: str = ""
    mark: str = ""
    state: CellState = "value"
    bold: bool = False
    close: bool = False
    difference: Difference | None = None
    repeated: bool = False
    mean: float = math.nan
    deviation: float = math.nan
    n: int = 0


@dataclass(frozen=True)
class Line:
    """One row.

    `label`, where there is one, is drawn across the factor columns; `under` says that the line
    belongs to the one above.
    """

    cells: tuple[Cell, ...]
    source: Row | PublishedRow
    label: Cell | None = None
    under: bool = False

    @property
    def published(self) -> bool:
        """Whether it comes from a paper."""
        return isinstance(self.source, PublishedRow)


@dataclass(frozen=True)
class Note:
    """A footnote: what a mark, or a metric's name, means; no mark for a general remark."""

    mark: str
    text: str

    def __str__(self) -> str:
        """Write the mark, if there is one, before the text."""
        return f"{self.mark} {self.text}".strip()


@dataclass(frozen=True)
class Table:
    """Settings × metrics, ready to be drawn; a rule goes between groups of lines.

    `provenance` tells by task id what is known of a task.
    """

    title: str
    experiment: str
    columns: tuple[Column, ...]
    groups: tuple[tuple[Line, ...], ...]
    constants: Mapping[str, Modality] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    provenance: Mapping[str, Origin] = field(default_factory=dict)

    @property
    def factors(self) -> tuple[Column, ...]:
        """The columns of factors, which come first."""
        return tuple(column for column in self.columns if column.kind == "factor")

    @property
    def metrics(self) -> tuple[Column, ...]:
        """The columns of metrics, which follow."""
        return self.columns[len(self.factors) :]

    @property
    def lines(self) -> Iterator[Line]:
        """Every line, from the top."""
        return (line for group in self.groups for line in group)

    @property
    def caption(self) -> str:
        """The factors that are the same in every row of ours that has them."""
        return ", ".join(f"{name}={shown(value)}" for name, value in self.constants.items())


def shown(value: Modality) -> str:
    """Write a modality as a table shows it: without quotes, on one line."""
    plain = one_line(value) if isinstance(value, str) else ""
    return plain or text(value)


def listed(names: Sequence[str]) -> str:
    """Write names as a sentence has them: `a, b and c`."""
    *some, last = names
    return f"{', '.join(some)} and {last}" if some else last


def one_line(words: str) -> str:
    """Write a text on one line, its control characters as escapes: no format can hold them."""
    joined = " ".join(words.split())
    if joined.isprintable():
        return joined
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in joined)
