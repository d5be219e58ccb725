"""What a selection picks, replicates aside: points, of which some can be drawn from very many."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.positions import Positions
from core.selection import Part, Selection
from core.setting import Setting
from core.values import Modality, token


@dataclass(frozen=True)
class Space:
    """The points of a selection: its settings without the replicate factors, each with all of them.

    A point that two parts of the selection share has two positions.
    """

    selection: Selection
    replicates: Collection[str]
    parts: Sequence[Positions] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", [self._positions(p) for p in self.selection.parts])

    @property
    def count(self) -> int:
        """How many positions there are."""
        return sum(part.count for part in self.parts)

    def at(self, position: int) -> Setting:
        """Give the point at a position."""
        for part in self.parts:
            if position < part.count:
                return Setting(part.at(position))
            position -= part.count
        raise IndexError(position)

    def settings(self, values: Mapping[str, Modality]) -> Iterator[Setting]:
        """Enumerate the settings that have these values, each once."""
        seen: set[Setting] = set()
        for part in self.selection.parts:
            for setting in _narrowed(part, values):
                if setting not in seen:
                    seen.add(setting)
                    yield setting

    def replicated(self, point: Setting) -> list[Setting]:
        """Give the settings of a point, one for each of its replicates."""
        settings = self.settings(point)
        return [setting for setting in settings if setting.without(self.replicates) == point]

    def matching(self, values: Mapping[str, Modality]) -> int:
        """Count the points that have these values; replicate factors count nothing."""
        known = {name: value for name, value in values.items() if name not in self.replicates}
        return sum(self._positions(p, _values(p, known)).count for p in self.selection.parts)

    def _positions(
        self, part: Part, also: Mapping[str, tuple[Modality, ...]] | None = None
    ) -> Positions:
        allowed = part.allowed if also is None else {**part.allowed, **also}
        factors = {n: f for n, f in part.plan.factors.items() if n not in self.replicates}
        return Positions(factors, {n: m for n, m in allowed.items() if n not in self.replicates})


def _narrowed(part: Part, values: Mapping[str, Modality]) -> Iterator[Setting]:
    return part.plan.settings({**part.allowed, **_values(part, values)})


def _values(part: Part, values: Mapping[str, Modality]) -> dict[str, tuple[Modality, ...]]:
    """Restrict factors to values: to none, where a part does not have the value."""
    return {name: part.known.get(name, {}).get(token(v), ()) for name, v in values.items()}
