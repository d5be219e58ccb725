"""What figures can be drawn of: curves over epochs, and the answers of a classifier."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from core.errors import PlanError
from core.record import Record

if TYPE_CHECKING:
    import numpy as np

    Array: TypeAlias = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Curve:
    """A number of every epoch, read from a record.

    Parameters
    ----------
    name:
        How the command line calls it: `--figure curve:NAME`.
    stages:
        Where it is read: the first of these stages that a setting has.
    value:
        Name of an array (epochs,) in the record, or a function of the record to one; NaN where an
        epoch has no value.
    percent:
        Shown multiplied by 100.
    description:
        What stands at the axis; the name where it is empty.
    """

    name: str
    stages: tuple[str, ...]
    value: "str | Callable[[Record], Array]"
    percent: bool = False
    description: str = ""

    def __post_init__(self) -> None:
        if not self.stages or not isinstance(self.stages, tuple):
            raise PlanError(f"curve {self.name!r}: stages={self.stages!r} is no tuple of names")

    def read(self, record: Record) -> "Array":
        """Read the curve from a record."""
        return _array(self.value, record)


@dataclass(frozen=True)
class Confusion:
    """How often each class was given each answer.

    Parameters
    ----------
    stage:
        The stage whose record holds it.
    value:
        Name of an array in the record, or a function of the record to one: counts
        (classes, classes), true classes in rows.
    classes:
        Their names, in order.
    """

    stage: str
    value: "str | Callable[[Record], Array]"
    classes: tuple[str, ...]

    @property
    def stages(self) -> tuple[str, ...]:
        """Where it is read."""
        return (self.stage,)

    def read(self, record: Record) -> "Array":
        """Read the counts from a record."""
        return _array(self.value, record)


@dataclass(frozen=True)
class Scores:
    """How sure a classifier was of each class, for ROC and precision-recall.

    Parameters
    ----------
    stage:
        The stage whose record holds them.
    read:
        Function of the record to the true classes, (examples,) numbers or, where several can be
        true, (examples, classes) of 0 and 1; and to scores (examples, classes), higher for surer.
    classes:
        Their names, in order.
    """

    stage: str
    read: Callable[[Record], "tuple[Array, Array]"]
    classes: tuple[str, ...]

    @property
    def stages(self) -> tuple[str, ...]:
        """Where they are read."""
        return (self.stage,)


def _array(value: "str | Callable[[Record], Array]", record: Record) -> "Array":
    return record[value] if isinstance(value, str) else value(record)


Drawable: TypeAlias = Curve | Confusion | Scores
