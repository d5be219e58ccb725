"""Learning rates over the epochs."""

from collections.abc import Callable
from math import cos, pi

LOWEST = 1e-6
HALF_PERIOD = 40  # epochs

# From epochs to the epoch at which the rate first reaches its lowest.
SCHEDULES: dict[str, Callable[[int], int]] = {
    "cosine": lambda epochs: epochs,
    "oscillating": lambda epochs: HALF_PERIOD,
}


def learning_rate(schedule: str, base: float, epoch: int, epochs: int) -> float:
    """Give the rate of an epoch, counted from 0, under cosine annealing.

    "cosine" falls from `base` to 1e-6 over the whole training. "oscillating" falls over 40
    epochs and rises over the next 40, again and again, as published for ICBHI: torch's
    `CosineAnnealingLR(T_max=40)` keeps swinging when it is stepped for longer than that.
    """
    swing = (1 + cos(pi * epoch / SCHEDULES[schedule](epochs))) / 2
    return LOWEST + (base - LOWEST) * swing
