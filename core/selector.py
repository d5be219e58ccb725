"""Selectors as values: what was asked for, in words, before it meets any plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal, TypeAlias

from core.values import Modality, literal, text, token

Operator: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">="]

_WORDS = {"=": "is", "!=": "is not", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
SPECIAL = ("id", "state")


@dataclass(frozen=True)
class Word:
    """A value as it was typed: unquoted words may be numbers or patterns, quoted ones are text."""

    written: str
    quoted: bool = False

    def picks(self, modalities: Sequence[Modality]) -> list[Modality]:
        """Choose the modalities that this word means: the closest reading that any of them has.

        So `1` is the number where a factor has both 1 and "1"; text is meant by `'1'`.
        """
        exact = [] if self.quoted else [m for m in modalities if self._is(m)]
        return exact or [m for m in modalities if self._may_be(m)]

    def _is(self, modality: Modality) -> bool:
        return token(literal(self.written)) == token(modality)

    def _may_be(self, modality: Modality) -> bool:
        if isinstance(modality, str):
            pattern = not self.quoted and any(mark in self.written for mark in "*?[")
            return fnmatchcase(modality, self.written) if pattern else modality == self.written
        # doce stores booleans as 0 and 1, and its users type them so.
        typed_as_number = not self.quoted and isinstance(modality, bool)
        return typed_as_number and self.written == str(int(bool(modality)))

    def __str__(self) -> str:
        return text(self.written) if self.quoted else self.written


@dataclass(frozen=True)
class Exactly:
    """A value given from Python: a modality of the same type, equal to it."""

    value: Modality

    def picks(self, modalities: Sequence[Modality]) -> list[Modality]:
        """Choose the modalities equal to this value (1 is 1.0; True is not 1)."""
        return [m for m in modalities if token(self.value) == token(m)]

    def __str__(self) -> str:
        return text(self.value)


Wanted: TypeAlias = Word | Exactly


@dataclass(frozen=True)
class Condition:
    """What one factor has to satisfy."""

    factor: str
    operator: Operator
    wanted: tuple[Wanted, ...]

    def __str__(self) -> str:
        joint = " or " if self.operator != "!=" else " nor "
        return f"{self.factor} {_WORDS[self.operator]} {joint.join(map(str, self.wanted))}"


@dataclass(frozen=True)
class Positions:
    """doce's index list: for each factor of the plan in order, the modalities kept (None: all)."""

    kept: tuple[tuple[int, ...] | None, ...]

    def __str__(self) -> str:
        shown = ["all" if k is None else "+".join(map(str, k)) for k in self.kept]
        return f"modalities by position: {', '.join(shown)}"


@dataclass(frozen=True)
class Alternative:
    """Conditions that hold together, in one plan or in all of them."""

    plan: str | None = None
    conditions: tuple[Condition, ...] = ()
    positions: Positions | None = None

    def __str__(self) -> str:
        told = [str(c) for c in self.conditions]
        if self.positions is not None:
            told.append(str(self.positions))
        where = "all plans" if self.plan is None else f"plan {self.plan}"
        return f"{where}: {' and '.join(told) or 'every setting'}"


@dataclass(frozen=True)
class Selector:
    """The union of some alternatives."""

    alternatives: tuple[Alternative, ...] = (Alternative(),)

    def explain(self) -> str:
        """Say in words how the selector was understood."""
        return "; or ".join(map(str, self.alternatives))
