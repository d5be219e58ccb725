"""The transcoders: from third-octave levels to the log-mels that a classifier reads."""

from collections.abc import Callable, Mapping
from itertools import pairwise

import torch
from torch import Tensor, nn

from core import Setting
from core.errors import UnknownName
from experiments.transcoder.pinv import Pinv
from experiments.transcoder.representation import representation
from experiments.transcoder.third_octave import BANDS, FRAMES_A_SECOND

SPAN = 3  # frames that a convolution reads


class CnnTranscoder(nn.Module):
    """Levels (n, 8, 29) to log-mel (n, T, 64): PINV, less what convolutions find wrong with it.

    A convolution reads 3 frames and `kernel_size` bands, an odd number, the edges repeated; ReLU
    stands between convolutions, of which there are at least two. Dilation spreads the bands that
    are read, not the frames; 0 and 1 are the same (Tailleur et al., DCASE 2023).
    """

    def __init__(
        self, pinv: Pinv, kernel_size: int, nb_layers: int, dilation: int, nb_channels: int
    ) -> None:
        super().__init__()
        self.pinv = pinv
        spread = max(dilation, 1)
        reach = spread * (kernel_size // 2)
        margins = (reach, reach, SPAN // 2, SPAN // 2)
        layers: list[nn.Module] = []
        for before, after in pairwise([1, *[nb_channels] * max(nb_layers - 1, 1), 1]):
            convolution = nn.Conv2d(before, after, (SPAN, kernel_size), dilation=(1, spread))
            layers += [nn.ReplicationPad2d(margins), convolution, nn.ReLU()]
        # Published checkpoints have the convolutions under this name and these numbers.
        self.mod_conv = nn.Sequential(*layers[:-1])

    def forward(self, levels: Tensor) -> Tensor:
        """Transcode levels (n, 8, 29)."""
        log_mel: Tensor = self.pinv(levels)
        wrong: Tensor = self.mod_conv(log_mel[:, None])[:, 0]
        return log_mel - wrong


class MlpTranscoder(nn.Module):
    """Levels (n, 8, 29) to log-mel (n, T, 64) by three linear layers with ReLU between them."""

    def __init__(self, classifier: str, hidden1: int, hidden2: int) -> None:
        super().__init__()
        target = representation(classifier)
        self.shape = (target.frames, target.bands)
        size = target.frames * target.bands
        self.layers = _perceptron(FRAMES_A_SECOND * len(BANDS), hidden1, hidden2, size)

    def forward(self, levels: Tensor) -> Tensor:
        """Transcode levels (n, 8, 29)."""
        log_mel: Tensor = self.layers(levels.flatten(1))
        return log_mel.view(-1, *self.shape)


class MlpPinvTranscoder(nn.Module):
    """Levels (n, 8, 29) to log-mel (n, T, 64): PINV, less what linear layers find wrong with it."""

    def __init__(self, pinv: Pinv, hidden1: int, hidden2: int) -> None:
        super().__init__()
        self.pinv = pinv
        size = pinv.target.frames * pinv.target.bands
        self.layers = _perceptron(size, hidden1, hidden2, size)

    def forward(self, levels: Tensor) -> Tensor:
        """Transcode levels (n, 8, 29)."""
        log_mel: Tensor = self.pinv(levels)
        wrong: Tensor = self.layers(log_mel.flatten(1)).view_as(log_mel)
        return log_mel - wrong


def build(setting: Setting, seed: int = 0) -> nn.Module:
    """Build the transcoder of a setting, from levels (n, 8, 29) to log-mel (n, T, 64).

    Reads the factors `transcoder` and `classifier`, `pinv` where it exists, and those that
    shape the network. Weights are drawn from the seed alone.

    Raises
    ------
    UnknownName
        There is no such transcoder, classifier or variant of PINV.
    """
    if setting.transcoder not in TRANSCODERS:
        raise UnknownName("transcoder", setting.transcoder, TRANSCODERS)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return TRANSCODERS[setting.transcoder](setting)


def build_pinv(setting: Setting) -> Pinv:
    """Build the PINV of a setting, in the variant it asks for."""
    variant = setting.pinv if "pinv" in setting else "magnitude"
    return Pinv(setting.classifier, variant)


def _perceptron(*sizes: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def _cnn(setting: Setting) -> CnnTranscoder:
    return CnnTranscoder(
        build_pinv(setting),
        setting.kernel_size,
        setting.nb_layers,
        setting.dilation,
        setting.nb_channels,
    )


TRANSCODERS: Mapping[str, Callable[[Setting], nn.Module]] = {
    "pinv": build_pinv,
    "mlp": lambda s: MlpTranscoder(s.classifier, s.hidden1, s.hidden2),
    "mlp_pinv": lambda s: MlpPinvTranscoder(build_pinv(s), s.hidden1, s.hidden2),
    "cnn_pinv": _cnn,
}
"""What builds each transcoder."""
