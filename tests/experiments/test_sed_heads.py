"""What pools the cells of a clip, beside the formulas as they are written."""

import math

import pytest
import torch

from experiments.sed.attention import AtrousAttention, OneStepAttention, TwoStepAttention
from experiments.sed.pooling import DECAY, GlobalPooling, WeightedRank, maximum, mean


def maps(*size, scale=2.0):
    return scale * torch.randn(size, generator=torch.Generator().manual_seed(3))


def test_two_steps_as_the_paper_writes_them():
    head, z = TwoStepAttention(7, 5), maps(2, 3, 7, 5)
    said = head(z)
    f, t = head.frequency, head.time
    for n in range(2):
        for c in range(3):
            frames = []
            for row in z[n, c]:
                weights = torch.exp(f.weights.weight @ row + f.weights.bias)
                values = torch.sigmoid(f.values.weight @ row + f.values.bias)
                frames.append((values * weights).sum() / weights.sum())
            m = torch.stack(frames)
            weights = torch.exp(t.weights.weight @ m + t.weights.bias)
            values = torch.sigmoid(t.values.weight @ m + t.values.bias)
            torch.testing.assert_close(said.frames[n, c], m)
            torch.testing.assert_close(said.clips[n, c], (values * weights).sum() / weights.sum())


def test_one_step_weighs_all_cells_at_once():
    head, z = OneStepAttention(5), maps(2, 3, 7, 5)
    said = head(z)
    weights = head.frequency.weights(z).flatten(2).softmax(-1)
    expected = (head.frequency.values(z).sigmoid().flatten(2) * weights).sum(-1)
    torch.testing.assert_close(said.clips, expected)
    product = said.frequency_attention * said.time_attention[..., None]
    torch.testing.assert_close(product.flatten(2), weights)


def test_weighted_rank_lies_between_maximum_and_mean():
    x = maps(2, 3, 50)
    torch.testing.assert_close(WeightedRank(50, 0.0)(x), maximum(x))
    torch.testing.assert_close(WeightedRank(50, 1.0)(x), mean(x))
    between = WeightedRank(50, 0.9)(x)
    assert ((mean(x) < between) & (between < maximum(x))).all()


def test_weighted_rank_of_a_published_clip():
    weights = WeightedRank(311 * 64).weights
    assert 1 / float(weights[0]) == pytest.approx(4906.68, abs=0.01)
    assert float(weights[1] / weights[0]) == pytest.approx(DECAY)
    assert float(weights.double().sum()) == pytest.approx(1, abs=1e-6)


def test_a_frame_is_the_mean_of_its_cells():
    z = maps(2, 3, 7, 5)
    said = GlobalPooling(maximum)(z)
    torch.testing.assert_close(said.frames, z.sigmoid().mean(-1))
    torch.testing.assert_close(said.clips, z.sigmoid().flatten(2).max(-1).values)


def test_the_published_atrous_answer_stays_below_a_half():
    z = maps(2, 6, 7, 5, scale=9.0)
    published = AtrousAttention(published=True)(z)
    weights = z[:, :3].sigmoid().clamp(0.1, 0.9)
    weights = weights / weights.sum((2, 3), keepdim=True)
    logs = z[:, 3:] - z[:, 3:].exp().sum(1, keepdim=True).log()
    torch.testing.assert_close(published.clips, (weights * logs).sum((2, 3)).sigmoid())
    assert published.clips.max() <= 0.5 and published.cells.max() <= 0.5


def test_the_repaired_atrous_answer_reaches_certainty():
    z = torch.zeros(1, 4, 7, 5)
    z[:, 2] = 30
    said = AtrousAttention(published=False)(z)
    torch.testing.assert_close(said.clips, torch.tensor([[1.0, 0.5]]))
    torch.testing.assert_close(said.time_attention, torch.full((1, 2, 7), 1 / 7))


@pytest.mark.parametrize("published", [False, True])
def test_atrous_frames_average_to_the_clip(published):
    said = AtrousAttention(published=published)(maps(2, 6, 7, 5))
    # Under the sigmoid that follows the mean, as published, it is the logits that average.
    undo = torch.logit if published else torch.nn.Identity()
    mean_ = (undo(said.frames) * said.time_attention).sum(-1)
    torch.testing.assert_close(undo(said.clips), mean_)
    assert math.isclose(float(said.frequency_attention[0, 0, 0].sum()), 1, rel_tol=1e-5)
