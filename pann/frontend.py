"""From waveforms to what a trunk reads: log-mel in dB, normalised, standardised."""

from dataclasses import dataclass
from math import inf
from typing import Literal, get_args

import torch
from torch import Tensor, nn
from torchaudio.transforms import AmplitudeToDB, MelSpectrogram

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


class LogMel(nn.Module):
    """Waveforms (batch, samples) to log-mel power (batch, 1, mel, frames) in dB, floor −100 dB.

    Frames are centred (reflect padding) under a periodic Hann window: there are
    1 + samples // hop_length of them. Full scale is the reference; the range is not clipped.
    Move the module to a device or dtype as any other; it computes in that dtype even under
    autocast, since the far bands of a loud tone are lost in half precision.
    """

    def __init__(self, config: LogMelConfig) -> None:
        super().__init__()
        self.config = config
        self.mel = MelSpectrogram(
            sample_rate=config.sample_rate,
            n_fft=config.n_fft,
            hop_length=config.hop_length,
            f_min=config.f_min,
            f_max=config.f_max,
            n_mels=config.n_mels,
            mel_scale=config.mel_scale,
            norm=config.norm,
        )
        self.decibel = AmplitudeToDB(stype="power")

    def forward(self, waveforms: Tensor) -> Tensor:
        """Analyse waveforms (batch, samples) as (batch, 1, mel, frames) in dB."""
        with torch.autocast(waveforms.device.type, enabled=False):
            logmel: Tensor = self.decibel(self.mel(waveforms))
        # The mel product leaves a transposed view, which every convolution would copy anew.
        return logmel.unsqueeze(1).contiguous()


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
