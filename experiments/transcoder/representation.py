"""The log-mel spectrograms that the classifiers read, which transcoders are to give."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn
from torchaudio.functional import melscale_fbanks

import pann
import yamnet
from core.errors import UnknownName


@dataclass(frozen=True)
class Representation:
    """One second of sound as a classifier reads it: log-mel (frames, bands)."""

    sample_rate: int
    """Hz."""
    frames: int
    """Frames in one second."""
    n_fft: int
    """Samples in the classifier's own FFT."""
    f_min: float
    """Lower end of the lowest band, in Hz."""
    f_max: float
    """Upper end of the highest band, in Hz."""
    mel_scale: Literal["htk", "slaney"]
    norm: Literal["slaney"] | None
    """With "slaney" mel filters have unit area, without it unit height."""
    magnitude: bool
    """Whether the filters sum magnitudes; powers otherwise."""
    log: Callable[[Tensor], Tensor]
    """The logarithm of mels, with its floor."""
    module: Callable[[], nn.Module]
    """Make the front end, from waveforms of one second (n, sample_rate) to (n, frames, bands)."""
    bands: int = 64

    def filters(self, n_fft: int, sample_rate: int) -> Tensor:
        """Make the mel filters (n_fft // 2 + 1, bands) for an FFT of any length and rate."""
        bank: Tensor = melscale_fbanks(
            n_fft // 2 + 1,
            self.f_min,
            self.f_max,
            self.bands,
            sample_rate,
            norm=self.norm,
            mel_scale=self.mel_scale,
        )
        return bank


class PannSeconds(nn.Module):
    """Waveforms (n, samples) at 32 kHz to log-mel (n, frames, 64) in dB: 101 frames a second."""

    def __init__(self) -> None:
        super().__init__()
        self.front_end = pann.LogMel(pann.PANN)

    def forward(self, waveforms: Tensor) -> Tensor:
        """Analyse waveforms, of one second or more."""
        log_mel: Tensor = self.front_end(waveforms)
        return log_mel[:, 0].transpose(1, 2)


class YamNetSeconds(nn.Module):
    """Waveforms (n, 16000) at 16 kHz to log-mel (n, 96, 64), a natural logarithm.

    Frames are centred, as in the port that was the published teacher. Of the 101 in a second the
    last 5 are dropped: a patch of YAMNet has 96.
    """

    def __init__(self) -> None:
        super().__init__()
        self.front_end = yamnet.LogMel(centred=True)

    def forward(self, waveforms: Tensor) -> Tensor:
        """Analyse waveforms of one second."""
        log_mel: Tensor = self.front_end(waveforms)
        return log_mel[:, : yamnet.PATCH]


def _decibels(mel: Tensor) -> Tensor:
    return 10 * mel.clamp_min(1e-10).log10()


def _natural(mel: Tensor) -> Tensor:
    return (mel + 0.001).log()


REPRESENTATIONS = {
    "PANN": Representation(
        sample_rate=pann.PANN.sample_rate,
        frames=101,
        n_fft=pann.PANN.n_fft,
        f_min=pann.PANN.f_min,
        f_max=pann.PANN.f_max,
        mel_scale=pann.PANN.mel_scale,
        norm=pann.PANN.norm,
        magnitude=False,
        log=_decibels,
        module=PannSeconds,
    ),
    "YamNet": Representation(
        sample_rate=yamnet.SAMPLE_RATE,
        frames=yamnet.PATCH,
        n_fft=512,
        f_min=125.0,
        f_max=7500.0,
        mel_scale="htk",
        norm=None,
        magnitude=True,
        log=_natural,
        module=YamNetSeconds,
    ),
}
"""Representations by classifier."""


def representation(classifier: str) -> Representation:
    """Find what a classifier reads; raises UnknownName with the nearest match."""
    if classifier not in REPRESENTATIONS:
        raise UnknownName("classifier", classifier, REPRESENTATIONS)
    return REPRESENTATIONS[classifier]
