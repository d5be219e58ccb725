"""The audio encoder: a PANN that ends in a vector of the space it shares with captions."""

from dataclasses import replace
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

import pann
from core.errors import DataError, UnknownName
from experiments.retrieval.extent import Extent

BANDS = 64
SPACE = 300
"""Size of the vectors of clips and captions."""


class AudioEncoder(nn.Module):
    """Log-mels (n, frames, 64) to vectors (n, 300), of any length.

    PANN's trunk, but that every block ends in a pool, the last one too: CNN14 divides time by 64.
    Batch norm of every band stands before it; behind it frequency is averaged, time reduced by
    maximum + mean, and linear layers follow. Where `fc_units` is given there is one more of them,
    with nothing between it and the last.

    Parameters
    ----------
    backbone
        "cnn14", "cnn10" or "cnn6".
    width
        Factor on the channels.
    fc_units
        Outputs of the linear layer before the last.
    conv_dropout, fc_dropout
        Probabilities of dropout after each block, and before each of the two linear layers.

    Raises
    ------
    UnknownName
        There is no such backbone.
    ValueError
        The width leaves a part of a channel.
    """

    def __init__(
        self,
        backbone: str = "cnn14",
        width: float = 1.0,
        fc_units: int | None = None,
        conv_dropout: float = 0.2,
        fc_dropout: float = 0.5,
    ) -> None:
        super().__init__()
        if backbone not in pann.BACKBONES:
            raise UnknownName("backbone", backbone, pann.BACKBONES)
        form = pann.BACKBONES[backbone]
        self.trunk = pann.Cnn(replace(form, pooled=len(form.channels)), width)
        size = self.trunk.embedding_size
        self.bn0 = nn.BatchNorm2d(BANDS)
        self.fc1 = nn.Linear(size, size)
        self.projection = _projection(size, fc_units)
        self.conv_dropout = conv_dropout
        self.fc_dropout = fc_dropout
        self.least = 2 ** len(form.channels)
        self._still: tuple[nn.Module, ...] = ()
        self.apply(draw)

    @property
    def blocks(self) -> list[nn.Sequential]:
        """The convolutional blocks, in order."""
        return [block for block in self.trunk.children() if isinstance(block, nn.Sequential)]

    def freeze(self, *modules: nn.Module) -> None:
        """Let modules of ours stay as they are: no gradient, always in evaluation mode."""
        self._still = modules
        for module in modules:
            module.requires_grad_(False).eval()

    def train(self, mode: bool = True) -> "AudioEncoder":
        """Set the mode of everything that is not frozen."""
        super().train(mode)
        for module in self._still:
            module.eval()
        return self

    def forward(self, logmel: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Embed log-mels (n, frames, 64) as (n, 300).

        With `lengths` (n,), in frames, every clip is embedded as it would be alone: what is behind
        its end enters no batch norm, is 0 to each convolution, as the edge of a clip is, and takes
        no part in maximum and mean. Without them all frames are read. A clip of fewer than 64
        frames (16 for CNN10 and CNN6) is lengthened to as many by zeros after the batch norm of
        bands.

        Raises
        ------
        DataError
            The log-mels are not of 64 bands, or a clip has no frame.
        """
        if lengths is None:
            lengths = torch.full((len(logmel),), logmel.shape[1])
        _check(logmel, lengths)
        extent = Extent(lengths, logmel.shape[1], logmel.device)
        x = extent.inside(self.bn0, logmel.mT[..., None]).permute(0, 3, 2, 1)
        if extent.frames < self.least:
            x = functional.pad(x, (0, 0, 0, self.least - extent.frames))
        embedding = self._convolve(x, extent.at_least(self.least))
        return self._project(embedding)

    def _convolve(self, x: Tensor, extent: Extent) -> Tensor:
        """Give the embeddings (n, size) of maps (n, 1, frames, 64)."""
        for block in self.blocks:
            *body, pool = block
            for convolve, norm, relu in zip(body[::3], body[1::3], body[2::3], strict=True):
                x = extent.inside(nn.Sequential(norm, relu), convolve(x))
            extent = extent.halved()
            # An odd last frame is half of the next one, which is behind the clip's end.
            x = extent.blank(pool(x))
            x = functional.dropout(x, self.conv_dropout, block.training)
        x = x.to(self.fc1.weight.dtype).mean(3)
        # Behind the end is 0, and nothing is below: it does not change the maximum.
        return x.max(dim=2).values + extent.mean(x)

    def _project(self, embedding: Tensor) -> Tensor:
        x = functional.dropout(embedding, self.fc_dropout, self.training)
        x = functional.dropout(self.fc1(x).relu(), self.fc_dropout, self.training)
        vectors: Tensor = self.projection(x)
        return vectors


def draw(module: nn.Module) -> None:
    """Draw the weights of a layer from He's normal distribution; its bias is 0."""
    if isinstance(module, nn.Conv2d | nn.Linear):
        nn.init.kaiming_normal_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def _projection(size: int, fc_units: int | None) -> nn.Sequential:
    sizes = [size, SPACE] if fc_units is None else [size, fc_units, SPACE]
    return nn.Sequential(*(nn.Linear(a, b) for a, b in pairwise(sizes)))


def _check(logmel: Tensor, lengths: Tensor) -> None:
    if logmel.ndim != 3 or logmel.shape[2] != BANDS:
        raise DataError(
            f"log-mels must be (clips, frames, {BANDS} bands), not {tuple(logmel.shape)}; "
            "prepare the clips with one of the front ends"
        )
    if lengths.min() < 1:
        raise DataError("a clip has no frame of log-mel; leave out clips without sound")
