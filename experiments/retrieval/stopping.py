"""When a training ends before its last epoch, by its validation losses so far."""

from collections.abc import Callable, Mapping, Sequence
from statistics import pstdev

from core.errors import UnknownName

GRACE = 60  # epochs before the standard deviation is looked at
WINDOW = 10  # of the last losses
FLAT = 0.001
PATIENCE = 10  # epochs without a gain
GAIN = 0.001


def never(losses: Sequence[float]) -> bool:
    """Go on to the last epoch."""
    return False


def flat(losses: Sequence[float]) -> bool:
    """Tell whether the last ten of sixty losses or more hardly differ, as in the baseline."""
    return len(losses) >= GRACE and pstdev(losses[-WINDOW:]) < FLAT


def stalled(losses: Sequence[float]) -> bool:
    """Tell whether ten losses in a row were no gain over the best before, as in the fork."""
    best, waited = float("inf"), 0
    for loss in losses:
        gained = loss < best - GAIN
        best = loss if gained else best
        waited = 0 if gained else waited + 1
    return waited >= PATIENCE


STOPPINGS: Mapping[str, Callable[[Sequence[float]], bool]] = {
    "none": never,
    "std": flat,
    "patience": stalled,
}
"""What tells by the losses of all epochs whether to stop."""


def stopping_of(name: str) -> Callable[[Sequence[float]], bool]:
    """Find a way of stopping; raises UnknownName where there is none."""
    if name not in STOPPINGS:
        raise UnknownName("way of stopping", name, STOPPINGS)
    return STOPPINGS[name]
