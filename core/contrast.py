"""What tells settings apart, and what they share."""

from collections.abc import Sequence

from core.setting import Setting
from core.values import Modality, token


def varying(settings: Sequence[Setting]) -> list[str]:
    """Name the factors that tell settings apart, in their order.

    A factor with one modality wherever it exists is none of them, unless its being blank is all
    that tells two settings apart.
    """
    seen: dict[str, set[str]] = {}
    for setting in settings:
        for name in setting:
            seen.setdefault(name, set()).add(token(setting[name]))
    names = [name for name, tokens in seen.items() if len(tokens) > 1]
    if len({tuple(s.tokens(names)) for s in settings}) == len({*settings}):
        return names
    return [n for n in seen if n in names or any(n not in s for s in settings)]


def constants(settings: Sequence[Setting]) -> dict[str, Modality]:
    """Give the other factors with their modality."""
    names = {*varying(settings)}
    return {n: value for s in settings for n, value in s.items() if n not in names}
