import pytest
import torch

from experiments.common.schedule import learning_rate

# Of the published training: base rate 1e-4, 400 epochs.
PUBLISHED = {
    1: 1.000e-4,
    20: 5.438e-5,
    40: 1.153e-6,
    41: 1.000e-6,
    60: 4.662e-5,
    80: 9.985e-5,
    81: 1.000e-4,
    400: 9.985e-5,
}


@pytest.mark.parametrize("epoch", PUBLISHED)
def test_oscillating_rate_is_the_published_one(epoch):
    found = learning_rate("oscillating", 1e-4, epoch - 1, 400)
    assert found == pytest.approx(PUBLISHED[epoch], rel=5e-4)


def test_oscillating_rate_is_torchs_cosine_annealing():
    optimiser = torch.optim.Adam([torch.zeros(1)], lr=1e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=40, eta_min=1e-6)
    for epoch in range(100):
        rate = schedule.get_last_lr()[0]
        assert learning_rate("oscillating", 1e-3, epoch, 100) == pytest.approx(rate, rel=1e-6)
        optimiser.step()
        schedule.step()


def test_cosine_falls_once_whatever_the_number_of_epochs():
    for epochs in (3, 100):
        rates = [learning_rate("cosine", 1e-3, epoch, epochs) for epoch in range(epochs)]
        assert rates[0] == pytest.approx(1e-3)
        assert rates == sorted(rates, reverse=True)
        assert learning_rate("cosine", 1e-3, epochs, epochs) == pytest.approx(1e-6)
