"""A network that is compiled learns what it learns as it is."""

import copy

import pytest
import torch
from torch import nn

from experiments.common.compiled import compile_network
from experiments.common.descent import descend
from experiments.common.placement import place


class Network(nn.Module):
    """Containers of torch's own, as Sequential is, are not compiled where they are outermost."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(1, 8, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU())

    def forward(self, x):
        return self.layers(x)


def losses(network, batches):
    optimiser = torch.optim.Adam(network.parameters(), 0.01, fused=True)
    return [float(descend(network(batch).square().mean(), optimiser)) for batch in batches]


# PyTorch 2.11 says this of code of its own.
@pytest.mark.filterwarnings("ignore:.torch.jit.script_method. is deprecated:DeprecationWarning")
def test_three_steps_of_a_compiled_network():
    torch.manual_seed(0)
    plain = place(Network(), "cpu")
    compiled = copy.deepcopy(plain)
    compile_network(compiled, "cpu")
    batches = torch.randn(3, 4, 1, 8, 8)
    expected, found = (losses(network, batches) for network in (plain, compiled))
    assert expected[2] < expected[0]
    torch.testing.assert_close(torch.tensor(found), torch.tensor(expected), rtol=1e-3, atol=0)
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] == 1  # it did not run as it is
    states = plain.state_dict(), compiled.state_dict()
    assert list(states[0]) == list(states[1])
    for before, after in zip(*(state.values() for state in states), strict=True):
        torch.testing.assert_close(after, before, rtol=1e-3, atol=1e-4)
