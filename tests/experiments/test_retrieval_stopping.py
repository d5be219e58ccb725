"""When a training stops, by its losses."""

import pytest

from core.errors import UnknownName
from experiments.retrieval.stopping import stopping_of


def test_without_stopping_all_epochs_are_run():
    assert not stopping_of("none")([1.0] * 500)


@pytest.mark.parametrize(
    ("losses", "stops"),
    [
        ([2.0] * 59, False),
        ([2.0] * 60, True),
        ([9.0] * 50 + [2.0] * 10, True),
        ([9.0] * 51 + [2.0] * 9, False),
        ([2.0, 2.01] * 40, False),
        ([2.0, 2.0019] * 40, True),  # deviates by 0.00095
    ],
)
def test_the_baseline_stops_where_sixty_losses_end_flat(losses, stops):
    assert stopping_of("std")(losses) == stops


@pytest.mark.parametrize(
    ("losses", "stops"),
    [
        ([2.0] * 10, False),
        ([2.0] * 11, True),
        ([2.0] + [1.9995] * 10, True),  # half of a gain
        ([2.0] * 10 + [1.9], False),
        ([2.0 - 0.0005 * i for i in range(40)], False),  # gains add up
        ([1.0] + [2.0] * 9 + [0.9] + [2.0] * 9, False),
    ],
)
def test_the_fork_stops_after_ten_epochs_without_a_gain(losses, stops):
    assert stopping_of("patience")(losses) == stops


def test_unknown_stopping():
    with pytest.raises(UnknownName, match="did you mean 'patience'"):
        stopping_of("patient")
