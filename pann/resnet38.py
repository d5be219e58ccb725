"""The trunk ResNet38 of PANNs (Kong et al., 2020): residual stages between two blocks of CNN14.

Modules carry the names of the published checkpoint (``conv_block1``, ``resnet.layerN.M``,
``conv_block_after1``), so that its weights load as they are.
"""

from torch import Tensor, nn

from pann.cnn import conv_block, convolution, pool, scaled
from pann.trunks import Trunk

STAGES = (3, 4, 6, 3)
"""Residual blocks of each stage; every stage but the first halves both directions."""


class ResNet(Trunk):
    """A trunk from log-mel to one embedding a clip: (batch, 1, frames, mel) to (batch, D).

    D is `embedding_size`. Both directions are halved five times, so 32 frames are the fewest.

    Parameters
    ----------
    width
        Factor on all channels; a multiple of 1/64.
    dropout
        Probability of dropout after the first block, the stages and the last block; inside the
        residual blocks it is half of that. PANNs were trained with 0.2.

    Raises
    ------
    ValueError
        The width leaves a layer a fraction of a channel, or none.
    """

    def __init__(self, width: float = 1.0, dropout: float = 0.0) -> None:
        super().__init__()
        *channels, self.embedding_size = scaled((64, 128, 256, 512, 2048), width)
        self.conv_block1 = conv_block(1, channels[0])
        self.resnet = _stages(channels, dropout / 2)
        self.conv_block_after1 = conv_block(channels[-1], self.embedding_size)
        self.pool = nn.AvgPool2d(2)
        self.dropout = nn.Dropout(dropout)

    def forward(self, logmel: Tensor) -> Tensor:
        """Embed log-mel spectrograms (batch, 1, frames, mel) as (batch, embedding_size)."""
        x = self.dropout(self.pool(self.conv_block1(logmel)))
        x = self.dropout(self.pool(self.resnet(x)))
        return pool(self.dropout(self.conv_block_after1(x)))


def resnet38(width: float = 1.0, dropout: float = 0.0) -> ResNet:
    """ResNet38: 38 layers with the tagging head, 69 million parameters, embedding of 2048."""
    return ResNet(width, dropout)


TRUNKS = {"resnet38": resnet38}
"""What makes it, given its width and its dropout."""


class ResidualBlock(nn.Module):
    """Two 3 × 3 convolutions beside the identity: (batch, inputs, …) to (batch, outputs, …).

    Where `halves`, both paths begin with the mean over 2 × 2, and the identity goes through a
    1 × 1 convolution. The second batch norm starts from zero, so that a fresh block is the
    identity.
    """

    def __init__(self, inputs: int, outputs: int, halves: bool, dropout: float) -> None:
        super().__init__()
        self.pool = nn.AvgPool2d(2) if halves else nn.Identity()
        self.conv1 = convolution(inputs, outputs, 3)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.dropout = nn.Dropout(dropout)
        self.conv2 = convolution(outputs, outputs, 3)
        self.bn2 = nn.BatchNorm2d(outputs)
        nn.init.zeros_(self.bn2.weight)
        self.downsample = nn.Identity() if not halves else _downsample(inputs, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Add what the convolutions find to the (halved) input."""
        found = self.dropout(self.relu(self.bn1(self.conv1(self.pool(x)))))
        found = self.bn2(self.conv2(found))
        out: Tensor = self.relu(found + self.downsample(x))
        return out


def _stages(channels: list[int], dropout: float) -> nn.Sequential:
    stages = nn.Sequential()
    inputs = channels[0]
    for number, (outputs, blocks) in enumerate(zip(channels, STAGES, strict=True), start=1):
        stage = nn.Sequential(ResidualBlock(inputs, outputs, number > 1, dropout))
        stage.extend(ResidualBlock(outputs, outputs, False, dropout) for _ in range(blocks - 1))
        stages.add_module(f"layer{number}", stage)
        inputs = outputs
    return stages


def _downsample(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.AvgPool2d(2), convolution(inputs, outputs, 1), nn.BatchNorm2d(outputs))
