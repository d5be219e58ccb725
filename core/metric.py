"""Metrics: named reductions of one stage's output to a number."""

from collections.abc import Callable
from dataclasses import dataclass

from core.record import Record


@dataclass(frozen=True)
class Metric:
    """A number read from a record, and how people read it.

    Parameters
    ----------
    name:
        Column title, and the name used in `-d NAME` and `--best-by NAME`.
    stage:
        The stage whose record holds it.
    reduce:
        Function of the record to a float; NaN where the metric has no value.
    higher_is_better:
        Its direction; None for a figure without one (it is never set in bold).
    percent:
        Shown multiplied by 100.
    unit:
        Shown after the name: `s`, `dB`.
    precision:
        Decimals shown.
    description:
        One line for listings and footnotes: the exact definition.
    version:
        Raise it when `reduce` changes, so that cached values are computed anew.
    """

    name: str
    stage: str
    reduce: Callable[[Record], float]
    higher_is_better: bool | None = None
    percent: bool = False
    unit: str = ""
    precision: int = 2
    description: str = ""
    version: int = 1

    @property
    def scale(self) -> float:
        """Factor from the stored value to the one shown."""
        return 100.0 if self.percent else 1.0

    @property
    def title(self) -> str:
        """Name with its unit and an arrow for its direction."""
        arrow = {True: " ↑", False: " ↓", None: ""}[self.higher_is_better]
        unit = self.unit or ("%" if self.percent else "")
        return f"{self.name}{f' ({unit})' if unit else ''}{arrow}"
