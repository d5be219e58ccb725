"""From waveforms to what YAMNet reads: log-mel, cut into patches of 0.96 s."""

from math import log1p

import torch
from torch import Tensor, nn
from torch.nn.functional import pad
from torchaudio.functional import melscale_fbanks

SAMPLE_RATE = 16_000
"""Hz."""
HOP = 160
"""Samples from one frame to the next: 10 ms."""
WINDOW = 400
"""Samples of a frame's periodic Hann window: 25 ms."""
PATCH = 96
"""Frames of a patch."""

FFT = 512
BANDS = 64
LOWEST, HIGHEST = 125.0, 7500.0  # Hz
OFFSET = 0.001  # added to every band: silence is ln 0.001 = -6.9
TINY = 1e-24  # power, far below what the offset leaves to hear


class LogMel(nn.Module):
    """Waveforms (n, samples) at 16 kHz to log-mel (n, frames, 64), a natural logarithm.

    64 bands of magnitude from 125 to 7500 Hz, spaced as in HTK, of unit height. Full scale is 1.
    Move the module to a device or dtype as any other; it computes in that dtype even under
    autocast.

    Parameters
    ----------
    centred
        False as Google's own front end: frame i starts at sample 160 i, so that 15,600 samples
        give 96 frames, and the bands are triangles on the mel scale. True as the torch port
        (w-hc/torch_audioset) and the spectral transcoder built on it: the middle of frame i is at
        sample 160 i, the ends are reflected, there are 1 + samples // 160 frames, and the bands
        are triangles in Hz, which differ by 0.005 at most.
    """

    window: Tensor
    filters: Tensor

    def __init__(self, centred: bool = False) -> None:
        super().__init__()
        self.margin = WINDOW // 2 if centred else 0
        self.register_buffer("window", torch.hann_window(WINDOW), persistent=False)
        self.register_buffer("filters", _hertz() if centred else _mel(), persistent=False)

    def forward(self, waveforms: Tensor) -> Tensor:
        """Analyse waveforms (n, samples) as (n, frames, 64).

        Raises
        ------
        ValueError
            They are shorter than a window, 400 samples.
        """
        if waveforms.shape[-1] < WINDOW:
            raise ValueError(
                f"{waveforms.shape[-1]} samples are shorter than a frame, which takes {WINDOW}"
            )
        return self.analyse(pad(waveforms, (self.margin, self.margin), mode="reflect"))

    def analyse(self, extended: Tensor) -> Tensor:
        """Analyse waveforms that already reach `margin` samples beyond either end."""
        with torch.autocast(extended.device.type, enabled=False):
            beyond = FFT - WINDOW  # zeros, which the transform gets more cells from
            framed = pad(extended, (0, beyond)).unfold(1, FFT, HOP)
            spectrum = torch.fft.rfft(framed * pad(self.window, (0, beyond)))
            # A third of the time of abs(); the root of 0 has no gradient.
            power = spectrum.real.square() + spectrum.imag.square()
            magnitude = power.clamp_min(TINY).sqrt()
            log_mel: Tensor = (magnitude @ self.filters + OFFSET).log()
            return log_mel


def patches(log_mel: Tensor, hop: float = 0.48) -> Tensor:
    """Cut log-mel (n, frames, 64) into the whole patches (n, patches, 96, 64) it holds.

    `hop` is in seconds from one patch to the next: 0.48 as published, 1.0 in the spectral
    transcoder, which so drops 40 ms of each second. What is left at the end is dropped.

    Raises
    ------
    ValueError
        There are fewer than 96 frames, or the hop is not a whole number of frames.
    """
    step = frames_of(hop)
    if log_mel.shape[1] < PATCH:
        raise ValueError(
            f"{log_mel.shape[1]} frames are fewer than a patch, which takes {PATCH}: "
            "extend the sound with silence to 15,600 samples"
        )
    return log_mel.unfold(1, PATCH, step).transpose(2, 3)


def frames_of(hop: float) -> int:
    """Give the frames in a hop of so many seconds; ValueError unless a whole number, 1 or more."""
    step = round(hop * SAMPLE_RATE / HOP, ndigits=6)
    if step < 1 or not step.is_integer():
        raise ValueError(f"a hop of {hop} s is no multiple of a frame's, {HOP / SAMPLE_RATE} s")
    return int(step)


def _hertz() -> Tensor:
    """Make triangles in Hz (257, 64), as torchaudio has them."""
    bank: Tensor = melscale_fbanks(FFT // 2 + 1, LOWEST, HIGHEST, BANDS, SAMPLE_RATE)
    return bank


def _mel() -> Tensor:
    """Make triangles on the mel scale (257, 64), as TensorFlow has them."""
    frequencies = torch.linspace(0, SAMPLE_RATE / 2, FFT // 2 + 1, dtype=torch.float64)
    mels = (frequencies / 700).log1p()[:, None]
    edges = torch.linspace(log1p(LOWEST / 700), log1p(HIGHEST / 700), BANDS + 2, dtype=mels.dtype)
    widths = edges.diff()
    rising, falling = (mels - edges[:-2]) / widths[:-1], (edges[2:] - mels) / widths[1:]
    return torch.minimum(rising, falling).clamp(min=0).float()
