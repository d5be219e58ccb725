"""Rows taken out of a tensor and put back, and their gradients."""

import torch
from torch.autograd import gradcheck

from experiments.retrieval.rows import put, take

ROWS, OTHERS = torch.tensor([4, 0, 2]), torch.tensor([1, 3])


def drawn(rows):
    generator = torch.Generator().manual_seed(0)
    return torch.randn(rows, 2, 3, dtype=torch.float64, generator=generator).requires_grad_()


def test_what_is_taken_is_put_back_and_the_rest_is_zero():
    whole = drawn(5)
    taken = take(whole, ROWS, OTHERS)
    assert torch.equal(taken, whole[ROWS])
    again = put(taken, ROWS, OTHERS)
    assert torch.equal(again[ROWS], whole[ROWS]) and not again[OTHERS].any()


def test_gradients():
    assert gradcheck(lambda whole: take(whole, ROWS, OTHERS), drawn(5))
    assert gradcheck(lambda part: put(part, ROWS, OTHERS), drawn(3))
