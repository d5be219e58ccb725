"""The networks: a trunk, maps for each class, a head that pools them, and perhaps a decoder."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from core import Record, Setting
from core.errors import DataError, UnknownName
from experiments.common.placement import place
from experiments.common.weights import load_stored
from experiments.sed.answer import Answer
from experiments.sed.attention import (
    AtrousAttention,
    OneStepAttention,
    TwoStepAttention,
    start_even,
)
from experiments.sed.blocks import (
    atrous_trunk,
    convolution,
    linear_decoder,
    plain_trunk,
    published_decoder,
    smooth_trunk,
)
from experiments.sed.material import Shape
from experiments.sed.pooling import GlobalPooling, WeightedRank, maximum, mean
from pann.cnn import scaled

FILE = "network.pt"


class Network(nn.Module):
    """Log-mels (n, frames, bands) to an Answer.

    The mean and the standard deviation of each band, by which log-mels are standardised, are part
    of its state, 0 and 1 until `standardise` sets them.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, shape: Shape, trunk: nn.Module, maps: nn.Module, head: nn.Module) -> None:
        super().__init__()
        self.shape = shape
        self.register_buffer("mean", torch.zeros(shape.bands))
        self.register_buffer("std", torch.ones(shape.bands))
        self.trunk = trunk
        self.maps = maps
        self.head = head
        self.decoder: nn.Module | None = None

    def standardise(self, mean: Tensor, std: Tensor) -> None:
        """Read log-mels by the mean and the standard deviation of each band, (bands,)."""
        self.mean.copy_(mean)
        self.std.copy_(std)

    def forward(self, logmel: Tensor) -> Answer:
        """Read log-mels (n, frames, bands).

        Raises DataError where they are not of the network's size.
        """
        self._check(logmel)
        features = (logmel - self.mean) / self.std
        shared = self.trunk(features[:, None])
        maps = self.maps(shared).float().contiguous()
        # Sums over 20,000 cells need all digits, whatever the precision of convolutions.
        with torch.autocast(maps.device.type, enabled=False):
            detection = self.head(maps)
        return Answer(
            # Sums of weights may pass 1 by rounding, where cross-entropy has no value.
            clips=detection.clips.clamp(0, 1),
            frames=detection.frames,
            cells=detection.cells,
            frequency_attention=detection.frequency_attention,
            time_attention=detection.time_attention,
            features=features,
            reconstruction=None if self.decoder is None else self.decoder(shared)[:, 0].float(),
        )

    def _check(self, logmel: Tensor) -> None:
        wanted = (self.shape.frames, self.shape.bands)
        if logmel.shape[1:] != wanted:
            raise DataError(
                f"clips of {tuple(logmel.shape[1:])} frames and bands cannot be read by a network "
                f"for {wanted}; train one on clips of this length"
            )


Trunk = Callable[[Sequence[int]], nn.Sequential]
Head = Callable[[Setting, Shape], nn.Module]

SMOOTH = (smooth_trunk, (32, 64, 128, 256))
PLAIN = (plain_trunk, (32, 64, 128, 128))
TRUNKS: Mapping[str, tuple[Trunk, tuple[int, ...]]] = {
    **dict.fromkeys(("att2_ae", "att2", "att1"), SMOOTH),
    **dict.fromkeys(("gmp", "gap", "gwrp"), PLAIN),
    "atrous_att": (atrous_trunk, (64, 128, 256)),
}
"""The trunk of each model, and its channels at width 1."""

HEADS: Mapping[str, Head] = {
    **dict.fromkeys(
        ("att2_ae", "att2"), lambda setting, shape: TwoStepAttention(shape.frames, shape.bands)
    ),
    "att1": lambda setting, shape: OneStepAttention(shape.bands),
    "gmp": lambda setting, shape: GlobalPooling(maximum),
    "gap": lambda setting, shape: GlobalPooling(mean),
    "gwrp": lambda setting, shape: GlobalPooling(WeightedRank(shape.frames * shape.bands)),
    "atrous_att": lambda setting, shape: AtrousAttention(published=_published(setting)),
}
"""What builds the head of each model."""

DECODERS = {"linear": linear_decoder, "published": published_decoder}
ATROUS = ("repaired", "published")


def build(setting: Setting, shape: Shape, seed: int = 0) -> Network:
    """Build the network of a setting on the CPU, its weights drawn from the seed alone.

    Reads the factors `model` and `width`, of att2_ae `decoder`, of atrous_att `atrous`. The
    decoder is drawn last: att2_ae starts from the weights of att2.

    Raises
    ------
    UnknownName
        There is no such model, decoder or variant of the atrous network.
    ValueError
        The width leaves a part of a channel.
    """
    model = setting.model
    if model not in HEADS:
        raise UnknownName("model", model, HEADS)
    trunk, widths = TRUNKS[model]
    channels = scaled(widths, setting.width)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        atrous = model == "atrous_att"
        maps = convolution(channels[-1], (1 + atrous) * shape.classes, 1, bias=True)
        if atrous:
            start_even(maps)
        network = Network(shape, trunk(channels), maps, HEADS[model](setting, shape))
        if model == "att2_ae":
            if setting.decoder not in DECODERS:
                raise UnknownName("decoder", setting.decoder, DECODERS)
            network.decoder = DECODERS[setting.decoder](channels)
    return network


def _published(setting: Setting) -> bool:
    if setting.atrous not in ATROUS:
        raise UnknownName("variant of the atrous network", setting.atrous, ATROUS)
    return bool(setting.atrous == "published")


def save_weights(weights: Mapping[str, Tensor], folder: Path) -> None:
    """Write a network's state to a record's folder."""
    torch.save(dict(weights), folder / FILE)


def load_network(setting: Setting, record: Record, device: str = "cpu") -> Network:
    """Load the network that a training left in its record, in evaluation mode."""
    network = build(setting, Shape(**record.info["shape"]))
    load_stored(network, record, FILE, "does not fit this network")
    return place(network.eval(), device)
