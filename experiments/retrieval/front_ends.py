"""Log-mel spectrograms of clips: the one that PANNs were trained on, and the published one."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import soxr
import torch
from torch import Tensor
from torchaudio.functional import melscale_fbanks

from core.errors import UnknownName
from experiments.common.recordings import Wave
from pann.frontend import PANN, LogMel

Array: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]
FrontEnd: TypeAlias = Callable[[Wave, int], Array]
"""A sound (samples,) and its rate in Hz to a log-mel (frames, 64); threads may share one."""

BANDS = 64
WINDOW, HOP = 0.04, 0.02  # s, of the published one
EPSILON = 2.2e-16  # power; silence is ln 2.2e-16 = -36
BLOCK = 128  # frames analysed at once, which stay in the processor's cache


def front_end(name: str) -> FrontEnd:
    """Find a front end; raises UnknownName for another than these."""
    if name not in FRONT_ENDS:
        raise UnknownName("front end", name, FRONT_ENDS)
    return FRONT_ENDS[name]


@torch.inference_mode()
def pann(wave: Wave, rate: int) -> Array:
    """Resample to 32 kHz (soxr, high quality) and analyse as PANNs do: 100 frames a second, in dB.

    Frames of 32 ms, 50 Hz to 14 kHz; see `pann.frontend`. There is a frame more than hops of
    10 ms.
    """
    resampled = soxr.resample(wave, rate, PANN.sample_rate, "HQ")
    log_mel: Array = _log_mel()(torch.from_numpy(resampled)[None])[0, 0].T.contiguous().numpy()
    return log_mel


@torch.inference_mode()
def published(wave: Wave, rate: int) -> Array:
    """Analyse at the sound's own rate as DCASE 2023's baseline does: 50 frames a second.

    Power under a Hann window of 40 ms every 20 ms, centred, silence before and after, transformed
    at the next power of two; 64 mel bands from 0 to half the rate with the scale and norm of
    Slaney; natural logarithm of power + 2.2e-16. At 44.1 kHz: 1764, 882 and 2048 samples.
    """
    window, filters = _analysis(rate)
    centred = np.pad(wave, ((len(window) + 1) // 2, len(window) // 2))
    frames = torch.from_numpy(centred).unfold(0, len(window), round(HOP * rate))
    mels = [_mel(block, window, filters) for block in torch.split(frames, BLOCK)]
    log_mel: Array = torch.cat(mels).add_(EPSILON).log_().numpy()
    return log_mel


FRONT_ENDS: Mapping[str, FrontEnd] = {"pann": pann, "published": published}
"""Front ends by name."""


def _mel(frames: Tensor, window: Tensor, filters: Tensor) -> Tensor:
    """Give mel power of frames (n, samples), which stand where they may in the transform."""
    spectrum = torch.fft.rfft(frames * window, 2 * (len(filters) - 1))
    power: Tensor = spectrum.real.square() + spectrum.imag.square()
    return power @ filters


@cache
def _analysis(rate: int) -> tuple[Tensor, Tensor]:
    """Make the window and the filters (cells, 64) of the published front end for a rate."""
    window = torch.hann_window(round(WINDOW * rate))
    cells = 2 ** (len(window) - 1).bit_length() // 2 + 1
    filters = melscale_fbanks(cells, 0.0, rate / 2, BANDS, rate, norm="slaney", mel_scale="slaney")
    return window, filters


@cache
def _log_mel() -> LogMel:
    return LogMel(PANN)
