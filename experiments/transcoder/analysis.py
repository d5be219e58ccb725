"""Sounds as transcoders and classifiers read them: third-octave levels and log-mels."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

import yamnet
from experiments.transcoder.clips import Array
from experiments.transcoder.recording import read
from experiments.transcoder.representation import REPRESENTATIONS
from experiments.transcoder.scenes import SECONDS
from experiments.transcoder.third_octave import FRAME, FRAMES_A_SECOND, SAMPLE_RATE, ThirdOctave

# Samples that frames reach beyond the second in which they begin; fewer have no frame.
OVERLAP = FRAME - SAMPLE_RATE // FRAMES_A_SECOND


class Analysis:
    """The front ends, made once for all sounds; several threads may call it at the same time."""

    def __init__(self) -> None:
        self.third_octave = ThirdOctave()
        self.mels = {name: found.module() for name, found in REPRESENTATIONS.items()}
        self.whole_mels = {"PANN": self.mels["PANN"], "YamNet": yamnet.LogMel(centred=True)}

    @torch.inference_mode()
    def scene(self, path: Path) -> dict[str, Array]:
        """Analyse the ten seconds of a scene, one by one.

        Gives `third_octave` (10, 8, 29), `mel_PANN` (10, 101, 64) and `mel_YamNet` (10, 96, 64).
        Raises DataError where the file is damaged.
        """
        seconds = {rate: _seconds(wave, rate) for rate, wave in read(path).items()}
        found = {"third_octave": self.third_octave(seconds[SAMPLE_RATE])}
        for name, mel in self.mels.items():
            found[f"mel_{name}"] = mel(seconds[REPRESENTATIONS[name].sample_rate])
        return _arrays(found)

    @torch.inference_mode()
    def clip(self, path: Path) -> dict[str, Array]:
        """Analyse a clip of any length from 1 s on, the last second as far as it goes.

        Gives `mel_PANN` and `mel_YamNet` (frames, 64) of the clip in one piece, with 100 frames a
        second and one more; and of seconds one by one `third_octave_32000` (frames, 29), with 8
        frames a second and fewer of the last one. `third_octave_16000` are the levels that come
        out where the sound is at 16 kHz and taken for 32: an octave too high, half as many.
        Raises DataError where the file is damaged.
        """
        waves = {rate: torch.from_numpy(wave) for rate, wave in read(path).items()}
        found = {f"third_octave_{rate}": self._levels(wave) for rate, wave in waves.items()}
        for name, mel in self.whole_mels.items():
            found[f"mel_{name}"] = mel(waves[REPRESENTATIONS[name].sample_rate][None])[0]
        return _arrays(found)

    def _levels(self, wave: Tensor) -> Tensor:
        """Give the levels (frames, 29) of a wave (samples,) in chunks of 32,000 samples."""
        whole = len(wave) // SAMPLE_RATE * SAMPLE_RATE
        chunks = (wave[:whole].reshape(-1, SAMPLE_RATE), wave[None, whole:])
        levels = [self.third_octave(chunk) for chunk in chunks if chunk.numel() > OVERLAP]
        return torch.cat([found.flatten(0, 1) for found in levels])


def _seconds(wave: Array, rate: int) -> Tensor:
    """Cut a wave into ten seconds (10, rate); what lacks of the last, some ms, is silent."""
    cut = np.zeros(SECONDS * rate, np.float32)
    cut[: len(wave)] = wave[: len(cut)]
    return torch.from_numpy(cut.reshape(SECONDS, rate))


def _arrays(found: dict[str, Tensor]) -> dict[str, Array]:
    return {name: values.numpy() for name, values in found.items()}
