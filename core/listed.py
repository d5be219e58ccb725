"""A selection whose settings are at hand."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.selection import Selection
from core.setting import Setting


@dataclass(frozen=True)
class Listed(Selection):
    """Some of the settings that a selector picks, in an order of their own."""

    settings: tuple[Setting, ...] = ()

    def __iter__(self) -> Iterator[Setting]:
        return (s for s in self.settings if any(part.holds(s) for part in self.parts))

    def __len__(self) -> int:
        return sum(1 for _ in self)
