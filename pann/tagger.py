"""PANNs that tag: what stands before and behind a trunk in the published networks."""

import torch
from torch import Tensor, nn

from pann.augment import spec_augment
from pann.trunks import Trunk, build

CLASSES = 527
"""Classes of AudioSet that PANNs tell apart, named by `class_names`."""

BANDS = 64
"""Mel bands of the front end `PANN`."""

FEWEST_FRAMES = 32
"""Frames that are left one by halving them five times: 0.32 s."""

DROPOUT = 0.2
"""Probability of dropout in the published trunks."""


class Tagger(nn.Module):
    """Log-mels in dB (n, frames, 64) to logits (n, classes), whose sigmoid is a class's score.

    Every band is normalised by batch norm, the trunk embeds the clip, and two linear layers
    read the embedding. Modules are named as in published checkpoints, the trunk's under `trunk`.

    Parameters
    ----------
    trunk
        Reads (n, 1, frames, 64).
    classes
        Their number.
    augment
        Blank two spans of up to 63 frames and two of up to 7 bands of the normalised log-mel
        in training mode (SpecAugment), as the published networks do wherever they are not put
        into evaluation mode. The draws are those of torch's global generator.
    """

    def __init__(self, trunk: Trunk, classes: int = CLASSES, augment: bool = False) -> None:
        super().__init__()
        size = trunk.embedding_size
        self.augment = augment
        self.bn0 = nn.BatchNorm1d(BANDS)
        self.trunk = trunk
        self.dropout = nn.Dropout(0.5)
        self.fc1 = _linear(size, size)
        self.fc_audioset = _linear(size, classes)

    def forward(self, log_mel: Tensor) -> Tensor:
        """Give the logits (n, classes) of log-mels (n, frames, 64).

        Raises ValueError for anything but 64 bands of 32 frames or more.
        """
        if log_mel.ndim != 3 or log_mel.shape[2] != BANDS or log_mel.shape[1] < FEWEST_FRAMES:
            raise ValueError(
                f"log-mels must be (n, {FEWEST_FRAMES} frames or more, {BANDS} bands), "
                f"not {tuple(log_mel.shape)}; 32 frames are 0.32 s"
            )
        x = self.bn0(log_mel.transpose(1, 2)).unsqueeze(1)
        if self.training and self.augment:
            # Blanking ones gives the mask: the gradient of what is kept passes through it.
            x = x * spec_augment(torch.ones_like(x), frequency_width=8, time_width=64)
        embedding = self.dropout(self.trunk(x.transpose(2, 3)))
        logits: Tensor = self.fc_audioset(self.fc1(embedding).relu())
        return logits


def tagger(
    name: str,
    width: float = 1.0,
    classes: int = CLASSES,
    dropout: float = DROPOUT,
    augment: bool = False,
) -> Tagger:
    """Build the tagger whose trunk is called `name`; raises what `build` does."""
    return Tagger(build(name, width, dropout), classes, augment)


def _linear(inputs: int, outputs: int) -> nn.Linear:
    linear = nn.Linear(inputs, outputs)
    nn.init.xavier_uniform_(linear.weight)
    nn.init.zeros_(linear.bias)
    return linear
