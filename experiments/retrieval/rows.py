"""Some rows of a tensor, taken out and put back: quick, and so are their gradients.

Each row is taken once, so that gradients need not be added up: that of torch's `index_select` adds,
and costs as much as a convolution. Others are set to 0 alone, as writing memory is what costs.
"""

from typing import Any

from torch import Tensor
from torch.autograd import Function


def take(whole: Tensor, rows: Tensor, others: Tensor) -> Tensor:
    """Give different rows (n,) of a tensor (n + others, …), of which `others` are the rest."""
    taken: Tensor = _Take.apply(whole, rows, others)  # type: ignore[no-untyped-call]
    return taken


def put(part: Tensor, rows: Tensor, others: Tensor) -> Tensor:
    """Give a tensor that has `part` in some rows and 0 in others."""
    whole: Tensor = _Put.apply(part, rows, others)  # type: ignore[no-untyped-call]
    return whole


class _Take(Function):
    @staticmethod
    def forward(ctx: Any, whole: Tensor, rows: Tensor, others: Tensor) -> Tensor:  # noqa: ANN401
        ctx.save_for_backward(rows, others)
        return whole.index_select(0, rows)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:  # noqa: ANN401
        return _placed(grad, *ctx.saved_tensors), None, None


class _Put(Function):
    @staticmethod
    def forward(ctx: Any, part: Tensor, rows: Tensor, others: Tensor) -> Tensor:  # noqa: ANN401
        ctx.save_for_backward(rows)
        return _placed(part, rows, others)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:  # noqa: ANN401
        return grad.index_select(0, *ctx.saved_tensors), None, None


def _placed(part: Tensor, rows: Tensor, others: Tensor) -> Tensor:
    whole = part.new_empty(len(rows) + len(others), *part.shape[1:])
    return whole.index_copy_(0, rows, part).index_fill_(0, others, 0)
