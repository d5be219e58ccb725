"""The modalities of doce's factors, as plain Python and as ids may have them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from core.errors import DataError
from core.values import Modality, plain, token


@dataclass(frozen=True)
class Choice:
    """A modality, and how ids may have it.

    Attributes
    ----------
    texts:
        Its spellings.
    omitted:
        Ids may leave it out, with its factor: it is doce's default.
    merged:
        Ids leave it out only where doce had merged several plans.
    """

    value: Modality
    texts: tuple[str, ...]
    omitted: bool = False
    merged: bool = False


OldPlan: TypeAlias = Mapping[str, Sequence[Choice]]


def modalities(factors: OldPlan) -> dict[str, list[Modality]]:
    """Give the modalities of each factor."""
    return {name: [choice.value for choice in choices] for name, choices in factors.items()}


def modality(value: object, factor: str, file: Path) -> Modality:
    """Give a modality of doce as plain Python; raises DataError for what is no single value."""
    try:
        # np.float32(0.1) is the 0.1 that its text says, not the double next to it.
        return plain(float(str(value)) if isinstance(value, np.floating) else value)
    except ValueError as error:
        raise DataError(
            f"{file}: factor {factor!r} has the modality {value!r}, which Sonoplan cannot hold; "
            "a modality is a str, int, float, bool or None. Name it by a text, and let the step "
            "look up what the text stands for"
        ) from error


def united(choices: Sequence[Choice]) -> list[Choice]:
    """Unite choices that are one modality, 1 and 1.0 for instance."""
    found: dict[str, Choice] = {}
    for new in choices:
        old = found.get(token(new.value), new)
        texts = tuple(dict.fromkeys((*old.texts, *new.texts)))
        omitted, merged = old.omitted or new.omitted, old.merged or new.merged
        found[token(new.value)] = Choice(old.value, texts, omitted, merged)
    return list(found.values())


def agreed(defaults: Iterable[Mapping[str, object]], file: Path) -> dict[str, Modality]:
    """Keep the defaults on which plans agree; a plan without the factor then has the default."""
    found: dict[str, dict[str, Modality]] = {}
    for plan in defaults:
        for name, value in plan.items():
            default = modality(value, name, file)
            found.setdefault(name, {})[token(default)] = default
    return {name: next(iter(each.values())) for name, each in found.items() if len(each) == 1}
