"""Conditions: beside which values of other factors a factor, or a stage, exists."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from core.values import Modality, plain, text, token

Allowed: TypeAlias = Mapping[str, tuple[Modality, ...]]
Conditions: TypeAlias = Mapping[str, object] | Sequence[Mapping[str, object]]
"""As a plan writes them: `{"method": ["scl", "hybrid"]}`, or a list of such alternatives."""


@dataclass(frozen=True)
class When:
    """Alternatives, each of which asks some factors to exist with one of some modalities.

    Without alternatives it holds always. Iterating gives the factors it asks about.
    """

    alternatives: tuple[Allowed, ...] = ()

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for allowed in self.alternatives for name in allowed))

    def __bool__(self) -> bool:
        return bool(self.alternatives)

    def __str__(self) -> str:
        return " or ".join(
            " and ".join(f"{n}={'+'.join(map(text, values))}" for n, values in allowed.items())
            for allowed in self.alternatives
        )

    def holds(self, values: Mapping[str, Modality]) -> bool:
        """Tell whether one of the alternatives holds beside these values."""
        return not self.alternatives or any(_holds(a, values) for a in self.alternatives)


ALWAYS = When()


def read_when(conditions: Conditions | None) -> When:
    """Read the conditions under which a factor or a stage exists."""
    written = [conditions] if isinstance(conditions, Mapping) else conditions or ()
    read = ({n: modalities_of(v) for n, v in allowed.items()} for allowed in written if allowed)
    return When(tuple(read))


def modalities_of(value: object) -> tuple[Modality, ...]:
    """Read one value or an iterable of them as modalities."""
    several = isinstance(value, Iterable) and not isinstance(value, str | Mapping)
    return tuple(plain(v) for v in value) if several else (plain(value),)  # type: ignore[attr-defined]


def _holds(allowed: Allowed, values: Mapping[str, Modality]) -> bool:
    return all(
        name in values and token(values[name]) in map(token, modalities)
        for name, modalities in allowed.items()
    )
