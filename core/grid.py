"""Fine grids of a hyperparameter, whose values read well in labels."""

import math

from core.errors import PlanError

Grid = tuple[float, ...]


def geometric(low: float, high: float, count: int, digits: int = 3) -> Grid:
    """Give `count` values from `low` to `high`, each the same ratio above the one before.

    They are rounded to `digits` significant digits, but for the ends and whole numbers. Raises
    PlanError where two of them would be the same.
    """
    if min(low, high) <= 0:
        raise PlanError(f"geometric({low}, {high}): both ends must be above 0; see linear")
    return _grid(low, high, [low * (high / low) ** step for step in _steps(count)], digits)


def linear(low: float, high: float, count: int, digits: int = 3) -> Grid:
    """Give `count` values from `low` to `high` at equal distances, rounded as by `geometric`."""
    return _grid(low, high, [low + (high - low) * step for step in _steps(count)], digits)


def _steps(count: int) -> list[float]:
    if count < 2:
        raise PlanError(f"a grid of {count} values: need its two ends at least")
    return [place / (count - 1) for place in range(count)]


def _grid(low: float, high: float, values: list[float], digits: int) -> Grid:
    found = (low, *(_rounded(value, digits) for value in values[1:-1]), high)
    if isinstance(low, int) and isinstance(high, int):
        found = tuple(int(value) if value == int(value) else value for value in found)
    if len(set(found)) < len(found):
        raise PlanError(
            f"{len(found)} values from {low} to {high} are not all different when rounded to "
            f"{digits} digits: use fewer values, or more digits"
        )
    return found


def _rounded(value: float, digits: int) -> float:
    whole = float(round(value))
    near = whole != 0 and math.isclose(value, whole, rel_tol=1e-12)
    return whole if near else float(f"{value:.{digits}g}")
