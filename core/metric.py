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
    value:
        Name of an array in the record, of which the mean is taken, or a function of the record to
        a float; NaN where the metric has no value.
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
    aside:
        Shown only where it is asked for by name.
    version:
        Raise it when `value` changes, so that cached values are computed anew.
    """

    name: str
    stage: str
    value: str | Callable[[Record], float]
    higher_is_better: bool | None = None
    percent: bool = False
    unit: str = ""
    precision: int = 2
    description: str = ""
    aside: bool = False
    version: int = 1

    def reduce(self, record: Record) -> float:
        """Read the number from a record; raises RecordError where it has no such array."""
        found = record[self.value].mean() if isinstance(self.value, str) else self.value(record)
        return float(found)

    @property
    def scale(self) -> float:
        """Factor from the stored value to the one shown."""
        return 100.0 if self.percent else 1.0

    @property
    def shown_unit(self) -> str:
        """Unit of the value shown; empty for a number without one."""
        return self.unit or ("%" if self.percent else "")

    @property
    def title(self) -> str:
        """Name with its unit and an arrow for its direction."""
        arrow = {True: " ↑", False: " ↓", None: ""}[self.higher_is_better]
        unit = f" ({self.shown_unit})" if self.shown_unit else ""
        return f"{self.name}{unit}{arrow}"
