"""The convolutional trunks CNN6, CNN10 and CNN14 of PANNs (Kong et al., 2020).

Modules carry the names of the published checkpoints (``conv_blockK.convJ``, ``conv_blockK.bnJ``),
so that a trunk's weights load as they are.
"""

from dataclasses import dataclass
from functools import partial

from torch import Tensor, nn

from pann.trunks import Trunk


@dataclass(frozen=True)
class Backbone:
    """What tells one trunk from another."""

    channels: tuple[int, ...]
    """Output channels of each block, at width 1."""
    kernel: int
    """Side of every convolution's square kernel."""
    convolutions: int
    """Convolutions a block."""
    pooled: int
    """The first blocks, whose output is halved in both directions."""


BACKBONES = {
    "cnn6": Backbone((64, 128, 256, 512), kernel=5, convolutions=1, pooled=4),
    "cnn10": Backbone((64, 128, 256, 512), kernel=3, convolutions=2, pooled=4),
    "cnn14": Backbone((64, 128, 256, 512, 1024, 2048), kernel=3, convolutions=2, pooled=5),
}
"""What tells these trunks apart, by name."""


class Cnn(Trunk):
    """A trunk from log-mel to one embedding a clip: (batch, 1, mel, frames) to (batch, D).

    D is `embedding_size`. The last axis is averaged first, then the other one is reduced by
    maximum + mean. Published PANNs tag clips given as (batch, 1, frames, mel): to use their
    AudioSet weights for tagging, transpose the last two axes.

    Parameters
    ----------
    backbone
        One of `BACKBONES`' values.
    width
        Factor on the channels of every block; it must leave whole numbers.
    dropout
        Probability of dropout after each block; PANNs were trained with 0.2.

    Raises
    ------
    ValueError
        The width leaves a block a fraction of a channel, or none.
    """

    def __init__(self, backbone: Backbone, width: float = 1.0, dropout: float = 0.0) -> None:
        super().__init__()
        channels = [1, *scaled(backbone.channels, width)]
        self.embedding_size = channels[-1]
        for number in range(1, len(channels)):
            block = conv_block(
                channels[number - 1], channels[number], backbone.kernel, backbone.convolutions
            )
            if number <= backbone.pooled:
                block.add_module("pool", nn.AvgPool2d(2))
            if dropout:
                block.add_module("dropout", nn.Dropout(dropout))
            self.add_module(f"conv_block{number}", block)

    def forward(self, logmel: Tensor) -> Tensor:
        """Embed log-mel spectrograms (batch, 1, mel, frames) as (batch, embedding_size)."""
        x = logmel
        for block in self.children():
            x = block(x)
        return pool(x)


TRUNKS = {name: partial(Cnn, backbone) for name, backbone in BACKBONES.items()}
"""What makes each of them, given its width and its dropout."""


def cnn6(width: float = 1.0, dropout: float = 0.0) -> Cnn:
    """CNN6: four 5 × 5 convolutions, 4.3 million parameters, embedding of 512."""
    return Cnn(BACKBONES["cnn6"], width, dropout)


def cnn10(width: float = 1.0, dropout: float = 0.0) -> Cnn:
    """CNN10: eight 3 × 3 convolutions, 4.7 million parameters, embedding of 512."""
    return Cnn(BACKBONES["cnn10"], width, dropout)


def cnn14(width: float = 1.0, dropout: float = 0.0) -> Cnn:
    """CNN14: twelve 3 × 3 convolutions, 75 million parameters, embedding of 2048."""
    return Cnn(BACKBONES["cnn14"], width, dropout)


def pool(x: Tensor) -> Tensor:
    """Average the last axis of (batch, D, a, b), then add maximum and mean of the other one."""
    x = x.mean(dim=3)
    return x.max(dim=2).values + x.mean(dim=2)


def scaled(channels: tuple[int, ...], width: float) -> list[int]:
    """Scale the channels of every block, or say which of them does not come out whole."""
    counts = [float(count * width) for count in channels]
    for block, count in enumerate(counts, start=1):
        # NaN and infinity are no integers either.
        if not count.is_integer() or count < 1:
            raise ValueError(
                f"width {width} gives block {block} {count:g} channels instead of a whole "
                f"number from 1 on; use a multiple of 1/{channels[0]}"
            )
    return [int(count) for count in counts]


def conv_block(inputs: int, outputs: int, kernel: int = 3, convolutions: int = 2) -> nn.Sequential:
    """Make convolution, batch norm and ReLU, as often as asked, under their published names."""
    block = nn.Sequential()
    for number in range(1, convolutions + 1):
        block.add_module(f"conv{number}", convolution(inputs, outputs, kernel))
        block.add_module(f"bn{number}", nn.BatchNorm2d(outputs))
        # Batch norm does not need its output for the gradient: overwriting it saves memory.
        block.add_module(f"relu{number}", nn.ReLU(inplace=True))
        inputs = outputs
    return block


def convolution(inputs: int, outputs: int, kernel: int) -> nn.Conv2d:
    """Make a convolution that keeps the size, without bias, its weights Xavier-uniform."""
    found = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
    nn.init.xavier_uniform_(found.weight)
    return found
