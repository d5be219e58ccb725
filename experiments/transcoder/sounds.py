"""Log-mels made audible: the mel filters inverted, and phases found by Griffin and Lim."""

from collections.abc import Callable
from dataclasses import dataclass
from math import e, log10
from pathlib import Path

import numpy as np
import soundfile
import torch
from torch import Tensor
from torchaudio.transforms import GriffinLim, InverseMelScale

import pann
from experiments.transcoder.clips import Array
from experiments.transcoder.representation import representation
from yamnet.frontend import OFFSET, WINDOW

FRAMES = 100  # in a second, both classifiers'
ITERATIONS = 32  # of Griffin and Lim; with 64 the log-mel comes 0.03 dB nearer


@dataclass(frozen=True)
class _Scale:
    """How a classifier's log-mel is read backwards."""

    window: int
    """Samples under the window of a frame."""
    linear: Callable[[Tensor], Tensor]
    """Undo the logarithm: to powers for PANN, to magnitudes for YamNet."""
    decibel: float
    """dB in one unit of the logarithm."""


SCALES = {
    "PANN": _Scale(pann.PANN.n_fft, lambda log_mel: 10 ** (log_mel / 10), 1),
    "YamNet": _Scale(WINDOW, lambda log_mel: log_mel.exp() - OFFSET, 20 * log10(e)),
}


def joined(log_mel: Array) -> Array:
    """Join log-mels of seconds (n, T, 64) as a centred analysis of all has them (100 n + 1, 64).

    The last frame of PANN's 101, centred where the next second begins, is dropped but at the end.
    YamNet's patches lack the last 4; the frame before them stands for these.
    """
    kept = log_mel[:, :FRAMES]
    held = np.pad(kept, ((0, 0), (0, FRAMES - kept.shape[1]), (0, 0)), mode="edge")
    return np.concatenate([held.reshape(-1, held.shape[2]), log_mel[-1, -1:]])


def decibels(log_mel: Array, classifier: str) -> Array:
    """Give log-mels in dB; a floor of YamNet's lies at -60."""
    return log_mel * SCALES[classifier].decibel


def invert(log_mel: Array, classifier: str, seed: int = 0) -> Array:
    """Make a sound (n * sample_rate,) whose log-mel is near that of n seconds (n, T, 64).

    The mel filters are undone by least squares with what comes out negative left at 0, in power
    for PANN and in magnitude for YamNet; phases begin at random, drawn from the seed. Of a street
    in TAU the log-mel comes back with a mean error of 0.6 dB. Takes some 50 MB a minute.
    """
    target, scale = representation(classifier), SCALES[classifier]
    samples = len(log_mel) * target.sample_rate
    unmel = InverseMelScale(
        target.n_fft // 2 + 1,
        target.bands,
        target.sample_rate,
        target.f_min,
        target.f_max,
        norm=target.norm,
        mel_scale=target.mel_scale,
    )
    phases = GriffinLim(
        target.n_fft,
        ITERATIONS,
        scale.window,
        target.sample_rate // FRAMES,
        power=1 if target.magnitude else 2,
        length=samples,
    )
    mel = scale.linear(torch.from_numpy(joined(log_mel))).clamp(min=0)
    with torch.random.fork_rng(devices=[]), torch.inference_mode():
        torch.default_generator.manual_seed(seed)
        wave: Array = phases(unmel(mel.T)).numpy()
    return wave


def write_sound(path: Path, wave: Array, rate: int) -> None:
    """Write a sound (samples,) as wav of 16 bits; one that exceeds full scale is scaled down."""
    soundfile.write(path, wave / max(1.0, np.abs(wave).max()), rate, "PCM_16", format="WAV")
