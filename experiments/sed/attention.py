"""Attention pooling: a weighted mean of what cells say, the weights learnt.

These heads read maps (n, …, frames, bands) that a 1 × 1 convolution made of a trunk's. A frame's
probability is the mean of its cells by the frequency attention.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import log_softmax

from experiments.sed.answer import Detection

LOWEST, HIGHEST = 0.1, 0.9  # of the sigmoid that weighs a cell in the atrous network


class Step(nn.Module):
    """Two linear layers along the last axis of (…, size): what is said there, and how it weighs.

    They are the same for all classes, and know places: each place has weights of its own.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.values = nn.Linear(size, size)
        self.weights = nn.Linear(size, size)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Give probabilities, and the logits of their weights."""
        return self.values(x).sigmoid(), self.weights(x)


class TwoStepAttention(nn.Module):
    """Attention over the bands of each frame, then over frames (Deshmukh et al., 2020).

    The second step reads the first one's frames and says anew what is in each: a clip's
    probability is not the mean of `frames` by `time_attention`.
    """

    def __init__(self, frames: int, bands: int) -> None:
        super().__init__()
        self.frequency = Step(bands)
        self.time = Step(frames)

    def forward(self, maps: Tensor) -> Detection:
        """Detect classes by their maps (n, classes, frames, bands)."""
        cells, logits = self.frequency(maps)
        frequency = logits.softmax(-1)
        frames = (cells * frequency).sum(-1)
        instants, logits = self.time(frames)
        time = logits.softmax(-1)
        return Detection(
            clips=(instants * time).sum(-1),
            frames=frames,
            cells=cells,
            frequency_attention=frequency,
            time_attention=time,
        )


class OneStepAttention(nn.Module):
    """Attention over all cells at once, by the first step of the two.

    The weight of a cell is that of its band in its frame times that of the frame. It is ours: no
    public code has a network of one step to compare the two with.
    """

    def __init__(self, bands: int) -> None:
        super().__init__()
        self.frequency = Step(bands)

    def forward(self, maps: Tensor) -> Detection:
        """Detect classes by their maps (n, classes, frames, bands)."""
        cells, logits = self.frequency(maps)
        return _weighed(cells, logits.softmax(-1), logits.logsumexp(-1).softmax(-1))


class AtrousAttention(nn.Module):
    """Attention of the atrous network: a map of weights beside each class map (Ren et al., 2019).

    A cell says the sigmoid of its class map. As published, it says the logarithm of the class's
    share among all classes, and the sigmoid follows the mean: no more than 0.5 can come out.
    """

    def __init__(self, *, published: bool) -> None:
        super().__init__()
        self.published = published

    def forward(self, maps: Tensor) -> Detection:
        """Detect classes by maps (n, 2 * classes, frames, bands): weights first."""
        weights, values = maps.chunk(2, dim=1)
        weights = weights.sigmoid().clamp(LOWEST, HIGHEST)
        frames = weights.sum(-1)
        frequency, time = weights / frames[..., None], frames / frames.sum(-1, keepdim=True)
        if not self.published:
            return _weighed(values.sigmoid(), frequency, time)
        said = _weighed(log_softmax(values, dim=1), frequency, time)
        return Detection(
            clips=said.clips.sigmoid(),
            frames=said.frames.sigmoid(),
            cells=said.cells.sigmoid(),
            frequency_attention=frequency,
            time_attention=time,
        )


def _weighed(cells: Tensor, frequency: Tensor, time: Tensor) -> Detection:
    """Take the means of cells over bands, and of these over frames."""
    frames = (cells * frequency).sum(-1)
    return Detection(
        clips=(frames * time).sum(-1),
        frames=frames,
        cells=cells,
        frequency_attention=frequency,
        time_attention=time,
    )


def start_even(maps: nn.Conv2d) -> None:
    """Let the first half of a convolution's maps, the weights of cells, start at zero."""
    with torch.no_grad():
        maps.weight[: len(maps.weight) // 2] = 0
