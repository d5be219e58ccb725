"""What benches share: how long some work takes, and a line for a figure."""

import time
from collections.abc import Callable


def seconds(work: Callable[[], object]) -> float:
    """Give the wall time of a call in s."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def shortest(work: Callable[[], object], repetitions: int) -> float:
    """Give the shortest time of some calls in s: other work on the machine only adds to it."""
    return min(seconds(work) for _ in range(repetitions))


def tell(what: str, figure: str, reach: str, against: str = "") -> None:
    """Print a figure, the one to reach, and what it is compared with."""
    print(f"{what:<58} {figure:>12}   reach {reach:<10} {against}", flush=True)
