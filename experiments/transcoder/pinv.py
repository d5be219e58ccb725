"""The transcoder that learns nothing: third-octave levels spread over the bands of a log-mel."""

from typing import Any, Literal, get_args

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from core.errors import UnknownName
from experiments.transcoder.representation import Representation, representation
from experiments.transcoder.third_octave import FRAME, SAMPLE_RATE, SENSITIVITY, membership

Variant = Literal["magnitude", "power"]
"""What the mel filters of a classifier that reads magnitudes sum up; "power" is as published."""

Matrix = np.ndarray[Any, np.dtype[np.float64]]


class Pinv(nn.Module):
    """Levels (n, frames, 29) in dB to the log-mels (n, T, 64) that a classifier reads.

    The power of a band is spread over FFT cells by the pseudo-inverse of their sum, without its
    negative weights; time is stretched linearly, in power, to T frames; the classifier's own mel
    filters and logarithm follow (Tailleur et al., DCASE 2023). Nothing is trained.

    Parameters
    ----------
    classifier
        "PANN" or "YamNet".
    variant
        For YamNet, which reads magnitudes: "magnitude" sums these, "power" is as published. PANN
        reads power, whichever is asked for.

    Even under autocast it computes in its own dtype: levels span more than half precision does.
    """

    spread: Tensor
    filters: Tensor

    def __init__(self, classifier: str, variant: str = "magnitude") -> None:
        super().__init__()
        if variant not in get_args(Variant):
            raise UnknownName("variant of PINV", variant, get_args(Variant))
        self.target = representation(classifier)
        spread, filters = _grouped(self.target)
        self.magnitude = self.target.magnitude and variant == "magnitude"
        if self.magnitude:
            # A mel band has more cells here than in the classifier's coarser FFT.
            filters *= (SAMPLE_RATE / FRAME) / (self.target.sample_rate / self.target.n_fft)
        else:
            # Sums of power are linear all the way: bands become mels before time is stretched.
            spread = spread @ filters
        self.register_buffer("spread", _single(spread), persistent=False)
        self.register_buffer("filters", _single(filters), persistent=False)

    def forward(self, levels: Tensor) -> Tensor:
        """Transcode the levels (n, frames, 29) of a second, or of a part of it stretched to one."""
        with torch.autocast(levels.device.type, enabled=False):
            power = 10 ** ((levels - SENSITIVITY) / 10) @ self.spread
            still = torch.eye(power.shape[1], dtype=power.dtype, device=power.device)
            stretch = interpolate(still[None], self.target.frames, mode="linear")[0].T
            mel = stretch @ power
            if self.magnitude:
                mel = mel.sqrt() @ self.filters
            return self.target.log(mel)


def _grouped(target: Representation) -> tuple[Matrix, Matrix]:
    """Make the matrices from mean squares (29,) to the power of cells, and from cells to mels.

    Cells that lie in the same bands have the same power, so that a column (or row) stands for
    all of them: some 50 groups for 2,049 cells. Those in no band are left out.
    """
    cells = membership()
    _, first, group = np.unique(cells, axis=1, return_index=True, return_inverse=True)
    weights = np.linalg.pinv(cells, rcond=1e-15).clip(min=0)[first].T
    members = np.arange(len(first))[:, None] == group
    filters = members @ target.filters(FRAME, SAMPLE_RATE).numpy()
    heard = weights.any(axis=0)  # the root of a power that is always 0 has no gradient
    return weights[:, heard] * _gain(target.n_fft), filters[heard]


def _gain(n_fft: int) -> float:
    """Give the power of a sine of mean square 1 in a cell, as published for an FFT of this length.

    Its height in the long FFT goes with the number of cells; the window of the short one halves
    it. That the Tukey window's energy was corrected in the levels is not undone.
    """
    return FRAME**2 / 2 * ((1 + n_fft / 2) / (1 + FRAME / 2) * 0.5) ** 2


def _single(matrix: Matrix) -> Tensor:
    return torch.tensor(matrix, dtype=torch.float32)
