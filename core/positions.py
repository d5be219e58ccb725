"""The settings of a plan by their positions, so that some of very many can be drawn."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from core.values import Modality, token
from core.when import Allowed

if TYPE_CHECKING:
    from core.plan import Factor


class Positions:
    """What factors can be together, in the order in which a plan enumerates it.

    `allowed` restricts factors to some modalities; where such a factor is blank there is nothing.
    Nothing is listed: the cost is that of the modalities on which other factors depend.
    """

    def __init__(self, factors: "Mapping[str, Factor]", allowed: Allowed) -> None:
        self._factors = factors
        self._names = list(factors)
        self._allowed = allowed
        self._counts: dict[tuple[object, ...], int] = {}

    @cached_property
    def count(self) -> int:
        """How many there are."""
        known = all(name in self._factors for name in self._allowed)
        return self._count(0, {}) if known else 0

    def at(self, position: int) -> dict[str, Modality]:
        """Give the modalities at a position, from 0 to `count` - 1."""
        values: dict[str, Modality] = {}
        for place, name in enumerate(self._names):
            if not self._factors[name].exists(values):
                continue
            for modality in self._modalities(name):
                below = self._count(place + 1, {**values, name: modality})
                if position < below:
                    values[name] = modality
                    break
                position -= below
        return values

    def walk(self, choose: Callable[[str, Sequence[Modality]], Modality]) -> dict[str, Modality]:
        """Have a modality chosen for each factor that exists beside those chosen before.

        Only what leads somewhere is offered; of a single modality there is no choice.
        """
        values: dict[str, Modality] = {}
        for place, name in enumerate(self._names):
            if not self._factors[name].exists(values):
                continue
            offered = self._modalities(name)
            if name in self._asked[place + 1]:
                offered = tuple(m for m in offered if self._count(place + 1, {**values, name: m}))
            values[name] = offered[0] if len(offered) == 1 else choose(name, offered)
        return values

    def _modalities(self, name: str) -> tuple[Modality, ...]:
        return self._allowed.get(name, self._factors[name].modalities)

    def _count(self, place: int, values: Mapping[str, Modality]) -> int:
        """Count what the factors from a place on can be, beside the values of those before."""
        if place == len(self._names):
            return 1
        key = (place, *(token(values[n]) if n in values else "" for n in self._asked[place]))
        if key not in self._counts:
            self._counts[key] = self._count_anew(place, values)
        return self._counts[key]

    def _count_anew(self, place: int, values: Mapping[str, Modality]) -> int:
        name = self._names[place]
        if not self._factors[name].exists(values):
            return 0 if name in self._allowed else self._count(place + 1, values)
        modalities = self._modalities(name)
        if name not in self._asked[place + 1]:
            return len(modalities) * self._count(place + 1, values)
        return sum(self._count(place + 1, {**values, name: m}) for m in modalities)

    @cached_property
    def _asked(self) -> list[list[str]]:
        """By place: the factors before it on which some factor from there on depends."""
        found: list[set[str]] = [set()]
        for name in reversed(self._names):
            found.append(found[-1] | set(self._factors[name].when))
        return [
            [name for name in self._names[:place] if name in asked]
            for place, asked in enumerate(reversed(found))
        ]


def shuffled(count: int, seed: int) -> Iterator[int]:
    """Give each position below `count` once, in an order that the seed decides.

    The cost is that of the positions taken.
    """
    generator = random.Random(seed)  # noqa: S311 - nothing secret hangs on it
    moved: dict[int, int] = {}
    for place in range(count):
        drawn = generator.randrange(place, count)
        here = moved.pop(place, place)
        if drawn == place:
            yield here
        else:
            yield moved.get(drawn, drawn)
            moved[drawn] = here
