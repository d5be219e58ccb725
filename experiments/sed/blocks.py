"""Convolutions of the networks; none of them changes the size of a map.

A trunk is a module from maps (n, 1, frames, bands) to (n, channels[-1], frames, bands).
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

from torch import nn


def convolution(
    inputs: int, outputs: int, kernel: int, dilation: int = 1, *, bias: bool = False
) -> nn.Conv2d:
    """Make a square convolution, its weights He-uniform, ± sqrt(6 / fan-in), its bias 0."""
    padding = dilation * (kernel // 2)
    layer = nn.Conv2d(inputs, outputs, kernel, padding=padding, dilation=dilation, bias=bias)
    nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


def layer(inputs: int, outputs: int, kernel: int = 3, dilation: int = 1) -> nn.Sequential:
    """Make a convolution, batch norm and ReLU."""
    return nn.Sequential(
        convolution(inputs, outputs, kernel, dilation),
        nn.BatchNorm2d(outputs),
        # Batch norm does not need its output for the gradient: overwriting it saves memory.
        nn.ReLU(inplace=True),
    )


def block(inputs: int, outputs: int) -> nn.Sequential:
    """Make two layers of 3 × 3."""
    return nn.Sequential(layer(inputs, outputs), layer(outputs, outputs))


def smooth_block(inputs: int, outputs: int) -> nn.Sequential:
    """Make a block that ends in the mean of 3 × 3 cells, those outside counted as zeros.

    Channels last, torch averages them 3 to 4 times as fast as channels first, near the speed of
    a copy, and the gradient as well.
    """
    return block(inputs, outputs).append(nn.AvgPool2d(3, stride=1, padding=1))


def plain_trunk(channels: Sequence[int]) -> nn.Sequential:
    """Make a trunk of blocks."""
    return _chain(block, [1, *channels])


def smooth_trunk(channels: Sequence[int]) -> nn.Sequential:
    """Make a trunk of smooth blocks."""
    return _chain(smooth_block, [1, *channels])


def atrous_trunk(channels: Sequence[int]) -> nn.Sequential:
    """Make a trunk of layers of 5 × 5, the cells they read 1, 2, 4 … apart."""
    pairs = enumerate(pairwise([1, *channels]))
    return nn.Sequential(*(layer(a, b, kernel=5, dilation=2**i) for i, (a, b) in pairs))


def published_decoder(channels: Sequence[int]) -> nn.Sequential:
    """Make a decoder of smooth blocks, back through the channels of a trunk to one map.

    What it gives is never negative, and so cannot equal features of mean zero.
    """
    return _chain(smooth_block, [*reversed(channels), 1])


def linear_decoder(channels: Sequence[int]) -> nn.Sequential:
    """Make the published decoder with a convolution of 3 × 3 in the place of its last block."""
    decoder = _chain(smooth_block, [*reversed(channels)])
    return decoder.append(convolution(channels[0], 1, 3, bias=True))


def _chain(make: Callable[[int, int], nn.Module], channels: Sequence[int]) -> nn.Sequential:
    return nn.Sequential(*(make(before, after) for before, after in pairwise(channels)))
