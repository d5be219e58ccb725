"""A table: all that is shown, decided once, so that every drawer shows the same."""

import math
from collections.abc import Iterator, Mapping
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


@dataclass(frozen=True)
class Column:
    """A factor, or a metric; metrics are aligned at the decimal point."""

    title: str
    kind: Literal["factor", "metric"]
    align: Literal["left", "right", "decimal"]
    name: str = ""
    metric: Metric | None = None


@dataclass(frozen=True)
class Cell:
    """What one cell shows, and the numbers behind it.

    Parameters
    ----------
    text, std:
        A factor's value, the mark of a state, or a mean and its standard deviation as shown.
    count, mark:
        Set small after the text: `(n=2)`, and a reference to a footnote.
    state:
        `value`, or why there is none.
    bold:
        Best of its group.
    repeated:
        Same as in the row above, in the column that groups the rows: a page leaves it out.
    mean, deviation, n:
        Not rounded, in the unit of the column's title; NaN where there is none.
    """

    text: str
    std: str = ""
    count: str = ""
    mark: str = ""
    state: CellState = "value"
    bold: bool = False
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


@dataclass(frozen=True)
class Table:
    """Settings × metrics, ready to be drawn; a rule goes between groups of lines."""

    title: str
    experiment: str
    columns: tuple[Column, ...]
    groups: tuple[tuple[Line, ...], ...]
    constants: Mapping[str, Modality] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

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
    plain = " ".join(value.split()) if isinstance(value, str) else ""
    return plain or text(value)
