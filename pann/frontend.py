"""From waveforms to what a trunk reads: log-mel in dB, normalised, standardised."""

from dataclasses import dataclass
from math import inf
from typing import Literal, get_args

import torch
from torch import Tensor, nn
from torchaudio.functional import melscale_fbanks

from pann.names import unknown

Span = Literal["batch", "example", "dataset"]
"""Over what the extremes of min–max normalisation are taken."""


@dataclass(frozen=True)
class LogMelConfig:
    """Settings of a log-mel front end: rates and frequencies in Hz, lengths in samples."""

    sample_rate: int
    hop_length: int
    f_min: float
    f_max: float
    n_fft: int = 1024
    n_mels: int = 64
    mel_scale: Literal["htk", "slaney"] = "htk"
    norm: Literal["slaney"] | None = None
    """With "slaney" every filter has unit area, without it unit height."""


ICBHI = LogMelConfig(16_000, hop_length=512, f_min=50, f_max=2_000)
"""Front end for respiratory sounds (Moummad & Farrugia, 2023)."""

PANN = LogMelConfig(
    32_000, hop_length=320, f_min=50, f_max=14_000, mel_scale="slaney", norm="slaney"
)
"""Front end on which PANNs were trained (Kong et al., 2020)."""

FLOOR = 1e-10  # power: -100 dB
BLOCK = 1 << 17  # samples analysed at once: larger arrays cost a CPU three times as much
GROUP = 16  # bands filtered at once


class LogMel(nn.Module):
    """Waveforms (batch, samples) to log-mel power (batch, 1, mel, frames) in dB, floor −100 dB.

    Frames are centred (reflect padding) under a periodic Hann window: there are
    1 + samples // hop_length of them. Full scale is the reference; the range is not clipped.
    Move the module to a device or dtype as any other; it computes in that dtype even under
    autocast, since the far bands of a loud tone are lost in half precision.
    """

    window: Tensor
    filters: Tensor

    def __init__(self, config: LogMelConfig) -> None:
        super().__init__()
        self.config = config
        filters = melscale_fbanks(
            config.n_fft // 2 + 1,
            config.f_min,
            config.f_max,
            config.n_mels,
            config.sample_rate,
            norm=config.norm,
            mel_scale=config.mel_scale,
        )
        self.groups = _groups(filters)
        self.register_buffer("filters", filters, persistent=False)
        self.register_buffer("window", torch.hann_window(config.n_fft), persistent=False)

    def forward(self, waveforms: Tensor) -> Tensor:
        """Analyse waveforms (batch, samples) as (batch, 1, mel, frames) in dB.

        Raises ValueError for waveforms that are not longer than half a frame.
        """
        rows = len(waveforms) if waveforms.is_cuda else max(1, BLOCK // waveforms.shape[1])
        with torch.autocast(waveforms.device.type, enabled=False):
            mel = torch.cat([self._mel(block) for block in torch.split(waveforms, rows)])
            logmel = 10 * mel.clamp_min(FLOOR).log10()
        # A transposed view would be copied anew by every convolution.
        return logmel.mT.unsqueeze(1).contiguous()

    def _mel(self, waveforms: Tensor) -> Tensor:
        """Give mel power (batch, frames, mel), in half the time of torchaudio's MelSpectrogram."""
        centred = _reflect(waveforms, self.config.n_fft // 2)
        framed = centred.unfold(1, self.config.n_fft, self.config.hop_length)
        spectrum = torch.fft.rfft(framed * self.window)
        power = spectrum.real.square() + spectrum.imag.square()
        mels = [power[..., cells] @ self.filters[cells, bands] for cells, bands in self.groups]
        return torch.cat(mels, dim=-1)


def _groups(filters: Tensor) -> list[tuple[slice, slice]]:
    """Group bands of filters (cells, bands), each group with the cells from its first to last.

    All others are zero: the products then have a quarter of the terms.
    """
    groups = []
    for first in range(0, filters.shape[1], GROUP):
        bands = slice(first, first + GROUP)
        heard = filters[:, bands].any(dim=1).nonzero()
        groups.append((slice(int(heard.min()), int(heard.max()) + 1), bands))
    return groups


def _reflect(waveforms: Tensor, margin: int) -> Tensor:
    """Reflect waveforms (batch, samples) at both ends; torch's own padding takes five times."""
    if waveforms.shape[1] <= margin:
        raise ValueError(f"{waveforms.shape[1]} samples are too few: frames need {margin + 1}")
    before, after = waveforms[:, 1 : margin + 1], waveforms[:, -margin - 1 : -1]
    return torch.cat([before.flip(1), waveforms, after.flip(1)], dim=1)


def normalise(logmel: Tensor, over: Span, bounds: tuple[float, float] | None = None) -> Tensor:
    """Map log-mel (batch, 1, mel, frames) so that the lowest value is 0 and the highest 1.

    Where lowest and highest are the same, the result is 0.

    Parameters
    ----------
    logmel
        Values in dB.
    over
        "batch": extremes of the whole tensor, as published for ICBHI, so that what comes out for
        a clip depends on its neighbours. "example": extremes of each clip. "dataset": `bounds`,
        outside of which other data leave [0, 1].
    bounds
        Lowest and highest value of the training set, for "dataset" only.

    Raises
    ------
    ValueError
        `over` is unknown, or does not go with the bounds given.
    """
    low, high = _extremes(logmel, over, bounds)
    span = high - low
    return (logmel - low) / span.masked_fill(span == 0, inf)


def standardise(logmel: Tensor, mean: float = 0.3690, std: float = 0.0255) -> Tensor:
    """Shift and scale normalised log-mel; the default constants are those published for ICBHI.

    The published 0.0255 is about the variance of the data, not their standard deviation.
    """
    return (logmel - mean) / std


def _extremes(
    logmel: Tensor, over: Span, bounds: tuple[float, float] | None
) -> tuple[Tensor, Tensor]:
    """Give the lowest and the highest value, in a shape that broadcasts over the batch."""
    if over not in get_args(Span):
        raise unknown("extent of normalisation", over, get_args(Span))
    if (over == "dataset") != (bounds is not None):
        raise ValueError(f"bounds go with over='dataset' only: got over={over!r}, bounds={bounds}")
    if bounds is not None:
        if not bounds[0] <= bounds[1]:
            raise ValueError(f"bounds are the lowest and the highest value; got {bounds}")
        low, high = logmel.new_tensor(bounds)
        return low, high
    if over == "batch":
        return logmel.amin(), logmel.amax()
    dims = tuple(range(1, logmel.ndim))
    return logmel.amin(dims, keepdim=True), logmel.amax(dims, keepdim=True)
