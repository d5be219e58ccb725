"""Log-mel spectrograms of clips, as the published networks read them, and the ideal mask."""

import math
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn
from torchaudio.functional import melscale_fbanks

from core.errors import DataError
from experiments.sed.mixer import SAMPLE_RATE

WINDOW = 2048
"""Samples of a frame."""
HOP = 1024
"""Samples from one frame to the next."""
BANDS = 64
F_MIN, F_MAX = 50.0, 16_000.0
FRAMES_A_SECOND = SAMPLE_RATE / HOP
"""31.25."""

FLOOR = 1e-8  # added to every band: silence is ln 1e-8 = -18.4
BLOCK = 64  # frames analysed at once, which stay in the processor's cache
AUDIBLE = -5.0  # dB of events over scene, above which a cell belongs to the events

Packed: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]


def frames_in(seconds: float) -> int:
    """Count the frames of a clip, 311 in 10 s; raises DataError where there is none."""
    samples = round(seconds * SAMPLE_RATE)
    if samples < WINDOW:
        raise DataError(
            f"a clip of {seconds:g} s is shorter than a frame of {WINDOW / SAMPLE_RATE:g} s; "
            "set a higher clip_seconds"
        )
    return 1 + (samples - WINDOW) // HOP


class LogMel(nn.Module):
    """Waveforms (n, samples) at 32 kHz to log-mel (n, frames, 64), a natural logarithm.

    Frames of 2048 samples every 1024 under a symmetric Hamming window, neither centred nor padded;
    magnitudes with the density scaling of SciPy, divided by sqrt(sum of squares of the window) =
    28.52164; 64 mel filters from 50 Hz to 16 kHz with the scale and norm of Slaney. Full scale
    is 1.
    """

    window: Tensor
    filters: Tensor

    def __init__(self) -> None:
        super().__init__()
        hamming = torch.hamming_window(WINDOW, periodic=False, dtype=torch.float64)
        self.scale = math.sqrt(float(hamming.square().sum()))
        bank = melscale_fbanks(
            WINDOW // 2 + 1, F_MIN, F_MAX, BANDS, SAMPLE_RATE, norm="slaney", mel_scale="slaney"
        )
        self.register_buffer("window", (hamming / self.scale).float(), persistent=False)
        self.register_buffer("filters", bank, persistent=False)

    def forward(self, waveforms: Tensor) -> Tensor:
        """Analyse waveforms of at least 2048 samples."""
        return torch.cat([self._log(self._mel(some)) for some in self._spectra(waveforms)], -2)

    def clips(self, clips: Tensor) -> tuple[Tensor, Tensor]:
        """Analyse clips (n, samples, 2) of 16 bits, events and scene in a channel each.

        Gives the log-mel of the mixture, which is the mean of both channels, and the ideal mask,
        where mel magnitudes of the events exceed those of the scene by more than -5 dB; both are
        (n, frames, 64). One transform of each channel serves both.
        """
        log_mels, masks = [], []
        for events, scene in self._spectra(clips.movedim(-1, 0) * 2.0**-15):
            log_mels.append(self._log(self._mel(events + scene) / 2))
            masks.append(self._mel(events) > self._mel(scene) * 10 ** (AUDIBLE / 20))
        return torch.cat(log_mels, -2), torch.cat(masks, -2)

    def _spectra(self, waveforms: Tensor) -> Iterator[Tensor]:
        """Transform waveforms (..., samples) to spectra (..., frames, 1025), some frames a time."""
        for frames in torch.split(waveforms.unfold(-1, WINDOW, HOP), BLOCK, dim=-2):
            yield torch.fft.rfft(frames * self.window)

    def _mel(self, spectra: Tensor) -> Tensor:
        squares = torch.view_as_real(spectra).square()
        # abs() of complex numbers takes four times as long on a CPU.
        return (squares[..., 0] + squares[..., 1]).sqrt() @ self.filters

    def _log(self, mel: Tensor) -> Tensor:
        return (mel + FLOOR).log()


def pack(mask: Tensor) -> Packed:
    """Pack masks (n, frames, 64) on the CPU into bytes (n, 8 * frames), eight bands in each."""
    return np.packbits(mask.flatten(1).numpy(), axis=1)


def unpack(packed: Packed) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Give the masks (n, frames, 64) that were packed."""
    bits = np.unpackbits(packed, axis=1).view(np.bool_)
    return bits.reshape(len(packed), -1, BANDS)
