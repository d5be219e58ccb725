import pytest

from core import Factor, geometric, linear
from core.errors import PlanError


def test_geometric_steps_are_the_same_ratio_and_read_well():
    assert geometric(1e-4, 1e-2, 5) == (1e-4, 0.000316, 1e-3, 0.00316, 1e-2)
    assert geometric(0.03, 0.3, 3) == (0.03, 0.0949, 0.3)


def test_whole_numbers_stay_whole_whatever_their_digits():
    found = geometric(64, 4096, 7)
    assert found == (64, 128, 256, 512, 1024, 2048, 4096)
    assert all(isinstance(value, int) for value in found)
    assert geometric(1.0, 4.0, 3) == (1.0, 2.0, 4.0)
    assert all(isinstance(value, float) for value in geometric(1.0, 4.0, 3))


def test_linear_has_equal_distances_and_may_start_at_zero():
    assert linear(0.0, 0.5, 6) == (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
    assert linear(0.5, 0.0, 3) == (0.5, 0.25, 0.0)


def test_a_grid_is_the_modalities_of_a_factor():
    assert len(Factor(geometric(1e-5, 1e-1, 100)).modalities) == 100


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: geometric(0, 1, 3), "above 0; see linear"),
        (lambda: linear(0, 1, 1), "two ends"),
        (lambda: geometric(1, 1.01, 50), "more digits"),
    ],
)
def test_a_grid_that_cannot_be(make, told):
    with pytest.raises(PlanError, match=told):
        make()
