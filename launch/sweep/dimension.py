"""A factor as optuna has it: an ordered one where its modalities are numbers, else a choice."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from core.setting import Setting
from core.values import Modality, is_number, token

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import Trial


@dataclass(frozen=True)
class Dimension:
    """The modalities of a factor, of which a search chooses one.

    Numbers are known to optuna by their place among them, so that a geometric grid is searched
    in its logarithm.
    """

    name: str
    modalities: Sequence[Modality]

    @cached_property
    def known(self) -> list[Modality]:
        """The modalities, numbers in order."""
        if self.ordered:
            return sorted(self.modalities, key=float)  # type: ignore[arg-type]
        return list(self.modalities)

    @cached_property
    def ordered(self) -> bool:
        """Whether all modalities are numbers."""
        return all(is_number(modality) for modality in self.modalities)

    @property
    def key(self) -> str:
        """What optuna calls it: the modalities too, for they differ from part to part."""
        return f"{self.name}: {', '.join(map(token, self.known))}"

    @property
    def distribution(self) -> "BaseDistribution":
        """What optuna draws from."""
        from optuna.distributions import CategoricalDistribution, IntDistribution

        if self.ordered:
            return IntDistribution(0, len(self.known) - 1)
        return CategoricalDistribution([*map(token, self.known)])

    def ask(self, trial: "Trial") -> Modality:
        """Have a modality drawn."""
        if self.ordered:
            return self.known[trial.suggest_int(self.key, 0, len(self.known) - 1)]
        tokens = [*map(token, self.known)]
        return self.known[tokens.index(trial.suggest_categorical(self.key, tokens))]

    def of(self, point: Setting) -> Modality:
        """Give the modality of a point; any where it has none of these."""
        wanted = token(point[self.name]) if self.name in point else ""
        return next((m for m in self.known if token(m) == wanted), self.known[0])

    def drawn(self, modality: Modality) -> int | str:
        """Write a modality as optuna would have drawn it."""
        return self.known.index(modality) if self.ordered else token(modality)
