"""Which parts of a network learn, as declared and as in the fork."""

import pytest
import torch
from paired import BANDS, DIM, setting_of

from core.errors import PlanError, UnknownName
from experiments.retrieval.freezing import freeze
from experiments.retrieval.network import build


def network():
    return build(setting_of(fc_units=6), DIM, 1)


def learning(made):
    """Run a step at a large rate and in training mode; name the entries of the state that moved."""
    before = {name: value.clone() for name, value in made.state_dict().items()}
    optimiser = torch.optim.SGD([p for p in made.parameters() if p.requires_grad], 1.0)
    made.train()
    clips = made.embed_clips(torch.randn(4, 40, BANDS) * 3 + 5)
    (clips * made.embed_texts(torch.randn(4, DIM)) * torch.randn(300)).sum().backward()
    optimiser.step()
    return {
        name for name, value in made.state_dict().items() if not torch.equal(value, before[name])
    }


def entries(made, *prefixes):
    return {name for name in made.state_dict() if name.startswith(prefixes)}


BLOCKS = [f"audio.trunk.conv_block{number}." for number in range(1, 5)]


@pytest.mark.parametrize(
    ("fine_tune_from", "frozen"),
    [
        (0, []),
        (1, ["audio.bn0."]),
        (2, ["audio.bn0.", *BLOCKS[:1]]),
        (4, ["audio.bn0.", *BLOCKS[:3]]),
        (5, ["audio.bn0.", *BLOCKS, "audio.fc1."]),  # CNN6 has four blocks
        (7, ["audio.bn0.", *BLOCKS, "audio.fc1."]),
    ],
)
def test_declared_parts_neither_learn_nor_gather_statistics(fine_tune_from, frozen):
    made = network()
    freeze(made, "declared", fine_tune_from)
    everything = entries(made, "") - {"log_temperature"}
    assert learning(made) == everything - entries(made, *frozen, "none")


@pytest.mark.parametrize(
    ("fine_tune_from", "also"),
    [(0, []), (1, []), (2, [BLOCKS[0] + "conv1.weight"]), (7, [BLOCKS[0] + "conv1.weight"])],
)
def test_the_fork_freezes_the_projection_and_hardly_anything_else(fine_tune_from, also):
    made = network()
    freeze(made, "fork", fine_tune_from)
    everything = entries(made, "") - {"log_temperature"}
    assert learning(made) == everything - entries(made, "audio.projection.", *also)


def test_frozen_parts_stay_in_evaluation_mode():
    made = network()
    freeze(made, "declared", 3)
    for _ in range(2):
        made.train()
        modes = [made.audio.bn0.training, *(block.training for block in made.audio.blocks)]
        assert modes == [False, False, False, True, True]
        made.eval()
        assert not any(module.training for module in made.modules())


@pytest.mark.parametrize("fine_tune_from", [-1, 8, 2.5, "4"])
def test_no_such_part(fine_tune_from):
    with pytest.raises(PlanError, match=f"fine_tune_from={fine_tune_from} is no part"):
        freeze(network(), "declared", fine_tune_from)


def test_no_such_freezing():
    with pytest.raises(UnknownName, match="did you mean 'declared'"):
        freeze(network(), "declare", 0)
