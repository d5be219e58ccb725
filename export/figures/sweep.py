"""Runs of many settings and one number of each: what hyperparameters are compared by."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from core.contrast import varying
from core.errors import ConfigError, UnknownName
from core.setting import Setting
from core.values import Modality, is_number, token
from export.figures.style import number
from export.table import shown

if TYPE_CHECKING:
    import numpy as np

    Array: TypeAlias = np.ndarray[Any, Any]

BLANK = "–"
MANY = 8  # numbers; of more, ranges are compared instead of each
RANGES = 5
WIDE = 10  # times; a factor that spans more is drawn on a logarithmic axis


@dataclass(frozen=True)
class Run:
    """One run: its setting, its value in the unit that tables show, and when it ended."""

    setting: Setting
    value: float
    stamp: float = 0


@dataclass(frozen=True)
class Levels:
    """A factor's modalities in order, or ranges of them with equal shares of the settings.

    `members` are the places of each level's settings. `numbers` are the settings' own values
    where the levels are ranges, NaN where the factor is blank; `wide` asks for a logarithmic axis.
    """

    name: str
    labels: tuple[str, ...]
    members: tuple["Array", ...]
    numbers: "Array | None" = None
    wide: bool = False


@dataclass(frozen=True, eq=False)
class Sweep:
    """Runs of settings, which differ by `factors`, and a metric of each.

    Runs that differ by `replicates` only are averaged. `title` and `precision` are the metric's.
    """

    name: str
    title: str
    precision: int
    higher_is_better: bool | None
    runs: Sequence[Run]
    replicates: frozenset[str] = frozenset()
    warn: Callable[[str], object] = lambda _: None

    @cached_property
    def finite(self) -> tuple[Run, ...]:
        """The runs with a number; the others are told."""
        kept = tuple(run for run in self.runs if math.isfinite(run.value))
        if lost := len(self.runs) - len(kept):
            self.warn(f"{lost} runs without a number for {self.name} are left out")
        if not kept:
            raise ConfigError(f"no run has a number for {self.name}")
        return kept

    @cached_property
    def means(self) -> dict[Setting, float]:
        """The mean over replicates of each setting."""
        found: dict[Setting, list[float]] = {}
        for run in self.finite:
            found.setdefault(run.setting.without(self.replicates), []).append(run.value)
        return {setting: sum(values) / len(values) for setting, values in found.items()}

    @cached_property
    def settings(self) -> tuple[Setting, ...]:
        """The settings, in the order of their first runs."""
        return tuple(self.means)

    @cached_property
    def values(self) -> "Array":
        """Their means (settings,)."""
        import numpy as np

        return np.array(list(self.means.values()))

    @cached_property
    def factors(self) -> list[str]:
        """Names of the factors that tell the settings apart.

        Raises ConfigError where nothing does.
        """
        names = varying(self.settings)
        if not names:
            raise ConfigError(
                "every factor has one modality in this selection: there is nothing to compare"
            )
        return names

    @property
    def best(self) -> int:
        """Place of the best setting; of equals, the first. ConfigError without a direction."""
        return int((-self.values if self.rising else self.values).argmin())

    @property
    def rising(self) -> bool:
        """Whether higher is better; raises ConfigError for a metric without direction."""
        if self.higher_is_better is None:
            raise ConfigError(f"metric {self.name!r} has no direction: none is the best")
        return self.higher_is_better

    def levels(self, name: str) -> Levels:
        """Put the settings in order by a factor.

        Raises UnknownName for a factor that does not vary.
        """
        if name not in self.factors:
            raise UnknownName("factor (of those that vary)", name, self.factors)
        present = [s[name] for s in self.settings if name in s]
        numbers = [value for value in present if is_number(value)]
        if len(numbers) == len(present) and len(set(numbers)) > MANY:
            return self._ranges(name)
        return self._modalities(name)

    def _modalities(self, name: str) -> Levels:
        import numpy as np

        of = [token(s[name]) if name in s else "" for s in self.settings]
        known = {token(s[name]): s[name] for s in self.settings if name in s}
        ordered = sorted(known.items(), key=lambda pair: _key(pair[1]))
        keys = [key for key, _ in ordered] + ([""] if "" in of else [])
        labels = [shown(value) for _, value in ordered] + ([BLANK] if "" in of else [])
        members = [np.array([i for i, key in enumerate(of) if key == k]) for k in keys]
        return Levels(name, tuple(labels), tuple(members))

    def _ranges(self, name: str) -> Levels:
        import numpy as np

        numbers = np.array([float(s.get(name, math.nan)) for s in self.settings])  # type: ignore[arg-type]
        there = numbers[~np.isnan(numbers)]
        edges = np.unique(np.quantile(there, np.linspace(0, 1, RANGES + 1)))
        place = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, len(edges) - 2)
        place[np.isnan(numbers)] = -1
        members = [np.flatnonzero(place == i) for i in range(len(edges) - 1)]
        labels = [f"{number(a, 2)} – {number(b, 2)}" for a, b in pairwise(edges)]
        if (blank := np.flatnonzero(place == -1)).size:
            members.append(blank)
            labels.append(BLANK)
        wide = bool(there.min() > 0 and there.max() / there.min() >= WIDE)
        return Levels(name, tuple(labels), tuple(members), numbers, wide)


def _key(value: Modality) -> tuple[bool, float]:
    """Put numbers in order, and leave all else in the order of the plan."""
    return (False, value) if is_number(value) else (True, 0)
