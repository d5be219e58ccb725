"""Third-octave levels, as sensors of urban sound send them: 29 bands, 8 frames a second or one."""

from math import ceil, sqrt
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from core.errors import DataError, UnknownName

SAMPLE_RATE = 32_000
"""Hz; at any other rate the levels land in other bands."""

BANDS = (
    *(20, 25, 31.5, 40, 50, 63, 80, 100, 125, 160),
    *(200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600),
    *(2000, 2500, 3150, 4000, 5000, 6300, 8000, 10000, 12500),
)
"""Nominal frequencies in Hz, by which bands are named."""

CENTRES = 1000 * 10 ** ((np.arange(len(BANDS)) - 17) / 10)
"""Exact frequencies in Hz, base 10."""

FRAME = 4096
"""Samples in a fast frame."""

FRAMES_A_SECOND = 8
"""Fast frames that begin in one second."""

SENSITIVITY = 26.0
"""Level in dB of a signal whose root mean square is 1: a sensor's microphone."""

FRAMINGS = {
    "fast": (FRAME, SAMPLE_RATE // FRAMES_A_SECOND),
    "slow": (32_768, SAMPLE_RATE),
    "slow-published": (32_758, SAMPLE_RATE),
}
"""Samples in a frame and between frames; the published slow model was trained on a misprint."""

TAPER = 0.2  # share of the frame that the Tukey window tapers
FLOOR = 1e-18  # mean square below which a band is silent: -154 dB
BLOCK = 1 << 18  # samples analysed at once: larger arrays cost a CPU three times as much


def membership(frame: int = FRAME) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Tell which cells of an FFT lie in which band: (29, frame // 2 + 1) of 0 and 1.

    A band reaches from the first cell at or above its lower edge to the first at or above its
    upper one, so that neighbours share a cell.
    """
    width = SAMPLE_RATE / frame
    cells = np.zeros((len(BANDS), frame // 2 + 1))
    for band, centre in zip(cells, CENTRES, strict=True):
        lower, upper = (ceil(centre * 10**edge / width) for edge in (-0.05, 0.05))
        band[lower : upper + 1] = 1
    return cells


class ThirdOctave(nn.Module):
    """Waveforms (n, samples) at 32 kHz to levels (n, frames, 29) in dB, floor -154.

    Frames are not centred; the end is padded with zeros to a whole hop, so that one second has 8
    fast frames or a slow one. Levels carry no frequency weighting, but the sensitivity of the
    sensor; the window's energy is corrected (CENSE sensors; Tailleur et al., DCASE 2023).

    In float32 the rounding of the FFT lies about 145 dB below the loudest band: empty bands beside
    a pure tone come out a little higher than in float64, -130 dB instead of -132.
    """

    window: Tensor
    bands: Tensor

    def __init__(self, kind: str = "fast", dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        from scipy.signal.windows import tukey  # takes a second to load, and trainings do without

        if kind not in FRAMINGS:
            raise UnknownName("kind of third-octave frames", kind, FRAMINGS)
        self.frame, self.hop = FRAMINGS[kind]
        window = tukey(self.frame, TAPER, sym=False)
        # With the window's energy, the height of the FFT and the mean square of a sine in it, the
        # powers of a band's cells sum up to the mean square.
        window *= sqrt(0.5 / np.mean(window**2)) / (self.frame / 2)
        self.register_buffer("window", torch.tensor(window, dtype=dtype), persistent=False)
        bands = torch.tensor(membership(self.frame), dtype=dtype)
        self.register_buffer("bands", bands, persistent=False)

    def forward(self, waveforms: Tensor) -> Tensor:
        """Analyse waveforms (n, samples) as levels (n, frames, 29).

        Raises DataError for waveforms too short for a frame: 96 samples or fewer of a fast one.
        """
        overlap, samples = self.frame - self.hop, waveforms.shape[1]
        if samples <= overlap:
            raise DataError(
                f"{samples} samples make no third-octave frame; it takes more than {overlap} "
                f"at {SAMPLE_RATE} Hz"
            )
        frames = ceil((samples - overlap) / self.hop)
        whole = pad(waveforms, (0, frames * self.hop + overlap - samples))
        framed = whole.unfold(1, self.frame, self.hop)  # overlapping views, not copied
        if not len(framed):
            return framed.new_empty(0, frames, len(BANDS))
        rows = max(1, BLOCK // (frames * self.frame))
        return torch.cat([self._levels(block) for block in torch.split(framed, rows)])

    def _levels(self, framed: Tensor) -> Tensor:
        """Give levels (n, frames, 29) of framed waveforms (n, frames, samples)."""
        spectrum = torch.fft.rfft(framed * self.window).flatten(0, 1)
        power = spectrum.real.square() + spectrum.imag.square()
        summed = self.bands @ power.T  # this way round it takes half the time
        levels = 10 * torch.log10(summed.clamp_min(FLOOR)) + SENSITIVITY
        return levels.T.reshape(*framed.shape[:2], len(BANDS))
