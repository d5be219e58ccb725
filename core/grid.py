"""Fine grids of a hyperparameter, whose values read well in labels."""

from core.errors import PlanError

Grid = tuple[float, ...]


def geometric(low: float, high: float, count: int, digits: int = 2) -> Grid:
    """Give `count` values from `low` to `high`, each the same ratio above the one before.

    They are rounded to `digits` significant digits, the ends left as they are; between whole
    numbers they are whole. Raises PlanError where two of them would be the same.
    """
    if min(low, high) <= 0:
        raise PlanError(f"geometric({low}, {high}): both ends must be above 0; see linear")
    steps = _steps(count)
    return _grid(low, high, [low * (high / low) ** step for step in steps], digits)


def linear(low: float, high: float, count: int, digits: int = 3) -> Grid:
    """Give `count` values from `low` to `high` at equal distances, rounded as by `geometric`."""
    return _grid(low, high, [low + (high - low) * step for step in _steps(count)], digits)


def _steps(count: int) -> list[float]:
    if count < 2:
        raise PlanError(f"a grid of {count} values: need two ends at least")
    return [place / (count - 1) for place in range(count)]


def _grid(low: float, high: float, values: list[float], digits: int) -> Grid:
    whole = isinstance(low, int) and isinstance(high, int)
    inner = [_rounded(value, digits, whole) for value in values[1:-1]]
    found = (low, *inner, high)
    if len(set(found)) < len(found):
        raise PlanError(
            f"{len(found)} values from {low} to {high} are not all different when "
            f"{'whole' if whole else f'rounded to {digits} digits'}: use fewer, or more digits"
        )
    return found


def _rounded(value: float, digits: int, whole: bool) -> float:
    if whole:
        return round(value)
    return float(f"{value:.{digits}g}")
