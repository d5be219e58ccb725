import pytest
import torch

from core.errors import SonoplanError
from experiments.common.finite import NotFinite, mean_loss


def test_the_mean_of_finite_losses():
    assert mean_loss(torch.tensor([1.0, 2.0, 6.0]), 0, 1e-3) == 3


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_is_told_with_its_place(bad):
    losses = torch.tensor([1.0, bad, float("nan")])
    with pytest.raises(NotFinite, match=r"epoch 5, batch 2 of 3, at learning rate 0\.01"):
        mean_loss(losses, 4, 0.01)


def test_it_is_both_our_error_and_a_standard_one():
    assert issubclass(NotFinite, SonoplanError)
    assert issubclass(NotFinite, FloatingPointError)
