"""What a network learns by: cross-entropy of clips and its own input again."""

import pytest
import torch

from experiments.sed.answer import Answer
from experiments.sed.losses import multi_task


def answer(clips, reconstruction=None):
    clips = torch.tensor(clips)
    nothing = torch.zeros(1)
    return Answer(
        clips=clips,
        frames=nothing,
        cells=nothing,
        features=torch.ones(1, 2, 2),
        reconstruction=reconstruction,
    )


def test_cross_entropy_and_reconstruction_are_means_over_elements():
    target = torch.tensor([[1.0, 0.0]])
    said = answer([[0.5, 0.25]], torch.tensor([[[3.0, 1.0], [1.0, 1.0]]]))
    entropy = -(torch.tensor([0.5, 0.75]).log()).mean()
    assert multi_task(said, target) == pytest.approx(float(entropy))
    assert multi_task(said, target, alpha=0.1) == pytest.approx(float(entropy) + 0.1 * 1.0)
    assert multi_task(answer([[0.5, 0.25]]), target, 0.1) == pytest.approx(float(entropy))


def test_certainty_that_is_wrong_has_a_loss_and_a_gradient():
    clips = torch.tensor([[0.0, 1.0]], requires_grad=True)
    said = Answer(clips=clips, frames=clips, cells=clips, features=clips)
    loss = multi_task(said, torch.tensor([[1.0, 1.0]]))
    loss.backward()
    assert float(loss.detach()) == pytest.approx(50)
    assert clips.grad.isfinite().all() and clips.grad[0, 0] < 0


def test_no_number_in_no_number_out():
    assert multi_task(answer([[float("nan"), 0.5]]), torch.zeros(1, 2)).isnan()
