"""InfoNCE is its definition, pair by pair, and so is its gradient."""

from math import exp, log

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import normalize

from core.errors import UnknownName
from experiments.retrieval.loss import info_nce


def vectors(count, seed=0, size=8):
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randn(2, count, size, generator=generator, dtype=torch.float64)
    return [normalize(each).requires_grad_() for each in drawn]


def defined(audio, text, clip, temperature, masked=True):
    """The published sum, written out."""
    scores = (audio @ text.T / temperature).exp()
    loss = 0.0
    for i in range(len(clip)):
        rows = [j for j in range(len(clip)) if j == i or not masked or clip[j] != clip[i]]
        loss = loss - torch.log(scores[i, i] / sum(scores[j, i] for j in rows))
        loss = loss - torch.log(scores[i, i] / sum(scores[i, j] for j in rows))
    return loss / len(clip)


@settings(deadline=None, max_examples=40)
@given(
    clip=st.lists(st.integers(0, 4), min_size=1, max_size=9),
    temperature=st.floats(0.03, 1.0),
    seed=st.integers(0, 1000),
    negatives=st.sampled_from(["masked", "all"]),
)
def test_the_loss_and_its_gradient_are_the_definition(clip, temperature, seed, negatives):
    audio, text = vectors(len(clip), seed)
    found = info_nce(audio, text, torch.tensor(clip), temperature, negatives)
    wanted = defined(audio, text, clip, temperature, negatives == "masked")
    torch.testing.assert_close(found, wanted, rtol=1e-6, atol=1e-6)
    for ours, theirs in zip(
        torch.autograd.grad(found, (audio, text)),
        torch.autograd.grad(wanted, (audio, text)),
        strict=True,
    ):
        torch.testing.assert_close(ours, theirs, rtol=1e-6, atol=1e-6)


def test_float32_is_near_the_definition():
    audio, text = (each.float() for each in vectors(64, size=300))
    clip = torch.arange(64) // 3
    found = info_nce(audio, text, clip)
    torch.testing.assert_close(found, defined(audio, text, clip.tolist(), 0.07), rtol=1e-6, atol=0)


def test_by_hand_it_is_the_sum_of_both_directions():
    audio = torch.eye(2)
    loss = info_nce(audio, audio, torch.tensor([0, 1]), 0.5)
    assert float(loss) == pytest.approx(2 * log(1 + exp(-2)))


def test_other_captions_of_a_clip_repel_only_where_they_are_not_masked():
    audio = torch.eye(3)[[0, 0, 1]]
    text = normalize(torch.tensor([[1, 0.2, 0], [1, 0, 0.2], [0, 1, 0]]))
    clip = torch.tensor([7, 7, 9])
    masked = info_nce(audio, text, clip)
    alone = torch.tensor([0, 1, 2])
    assert masked < info_nce(audio, text, clip, negatives="all")
    torch.testing.assert_close(
        info_nce(audio, text, clip, negatives="all"), info_nce(audio, text, alone)
    )


def test_a_batch_of_one_clip_has_nothing_to_learn():
    audio, text = vectors(3)
    loss = info_nce(audio, text, torch.zeros(3, dtype=torch.int64))
    gradient = torch.autograd.grad(loss, (audio, text))
    assert loss.item() == pytest.approx(0, abs=1e-12)
    assert all(float(each.abs().max()) < 1e-12 for each in gradient)


def test_a_temperature_that_is_learned_has_the_gradient_of_the_definition():
    audio, text = vectors(6)
    clip = torch.tensor([0, 0, 1, 2, 3, 3])
    temperature = torch.tensor(0.2, dtype=torch.float64, requires_grad=True)
    (found,) = torch.autograd.grad(info_nce(audio, text, clip, temperature), temperature)
    (wanted,) = torch.autograd.grad(defined(audio, text, clip.tolist(), temperature), temperature)
    torch.testing.assert_close(found, wanted)


def test_unknown_negatives():
    audio, text = vectors(2)
    with pytest.raises(UnknownName, match="did you mean 'masked'"):
        info_nce(audio, text, torch.arange(2), negatives="mask")
