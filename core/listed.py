"""A selection whose settings are at hand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from core.selection import Selection
from core.setting import Setting


@dataclass(frozen=True)
class Listed(Selection):
    """Some of the settings that a selector picks, in an order of their own."""

    settings: tuple[Setting, ...] = ()

    @cached_property
    def _kept(self) -> Sequence[Setting]:
        return [s for s in self.settings if any(part.holds(s) for part in self.parts)]

    def __iter__(self) -> Iterator[Setting]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)
