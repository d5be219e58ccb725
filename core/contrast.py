"""What tells settings apart, and what they share."""

from collections.abc import Sequence

from core.setting import Setting
from core.values import Modality, token


def varying(settings: Sequence[Setting]) -> list[str]:
    """Name the factors that tell settings apart, in their order.

    A factor that has one modality wherever it exists mostly follows from others (a contrastive
    loss has a temperature, another has none); it is kept only where settings would look the
    same without it.
    """

    def told_apart(names: Sequence[str]) -> int:
        return len({tuple(setting.tokens(names)) for setting in settings})

    seen: dict[str, set[str]] = {}
    # The settings with the fewest blanks have their plan's whole order.
    for setting in sorted(settings, key=len, reverse=True):
        for name in setting:
            seen.setdefault(name, set()).add(token(setting[name]))
    kept = [name for name, tokens in seen.items() if len(tokens) > 1]
    apart = told_apart(kept)
    for name in seen:
        if apart == len(settings):
            break
        if name not in kept and any(name not in setting for setting in settings):
            more = told_apart([*kept, name])
            if more > apart:
                kept.append(name)
                apart = more
    return [name for name in seen if name in kept]


def constants(settings: Sequence[Setting]) -> dict[str, Modality]:
    """Give the other factors with their modality."""
    names = {*varying(settings)}
    return {n: value for s in settings for n, value in s.items() if n not in names}
