"""Sheets: files for other tools, made row by row from records."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from core.errors import PlanError
from core.record import Record
from core.setting import Setting

# Settings whose records are there, each with its records by the name of their stage.
Finished: TypeAlias = Iterable[tuple[Setting, Mapping[str, Record]]]
Rows: TypeAlias = Callable[[Finished], Iterator[Mapping[str, object]]]


@dataclass(frozen=True)
class Sheet:
    """A file that an experiment can write for other tools.

    Parameters
    ----------
    name:
        How the command line calls it.
    rows:
        Dotted path of the function, `"package.module:function"`, imported only when the sheet is
        asked for. It is called as `function(settings)` and gives the rows (see Rows): all have the
        same keys, and the first decides the order of the columns.
    stages:
        The stages whose records it reads.
    about:
        One line for listings.
    """

    name: str
    rows: str
    stages: tuple[str, ...]
    about: str

    def __post_init__(self) -> None:
        if not self.name.isidentifier() or ":" not in self.rows:
            raise PlanError(
                f"sheet {self.name!r} has rows {self.rows!r}: need a name, and "
                "package.module:function"
            )
