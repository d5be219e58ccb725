"""Recordings transcoded and scored second by second: what a classifier hears in levels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from core.errors import DataError, UnknownName
from experiments.common.tagging import Tag, highest
from experiments.transcoder.at_hand import Choice
from experiments.transcoder.clips import Array
from experiments.transcoder.layout import OFFSET, READERS, read_levels
from experiments.transcoder.objective import Answer
from experiments.transcoder.recording import read
from experiments.transcoder.representation import representation
from experiments.transcoder.third_octave import (
    BANDS,
    FRAMES_A_SECOND,
    SAMPLE_RATE,
    SENSITIVITY,
    ThirdOctave,
)

BATCH = 32  # seconds at once
TRUTH = "ground truth"


@dataclass(frozen=True)
class Heard:
    """What comes of a recording of n whole seconds.

    Attributes
    ----------
    levels:
        (8 n, 29) in dB re full scale.
    scores:
        (n, classes) in [0, 1].
    mels:
        Log-mels (n, T, 64) by the label of the transcoder: of the one that scores, or of all and
        the true ones of a sound. A student has none.
    wave:
        The sound (samples,) at the classifier's rate, peak 1; None where there are levels alone.
    """

    levels: Array
    scores: Array
    mels: Mapping[str, Array]
    wave: Array | None


class Transcoding:
    """Transcoders of a choice, loaded for any number of recordings.

    Attributes
    ----------
    label:
        The transcoder that scores.
    classifier, rate:
        Whose log-mels are made, and at which rate it reads sounds, in Hz.
    class_names:
        Of the scores.
    bands:
        Nominal frequencies of the levels, in Hz.
    """

    def __init__(self, choice: Choice, models: Path) -> None:
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.models = choice.load(models, self.device)
        self.label = choice.sources[0].label
        self.classifier = choice.classifier
        self.target = representation(choice.classifier)
        self.rate = self.target.sample_rate
        self.class_names = self.models[self.label].teacher.class_names
        self.bands = BANDS

    def hear(
        self, path: Path, offset: float | Literal["auto"] | None = None, every: bool = False
    ) -> Heard:
        """Transcode and score a sound, or third-octave levels (csv, npy, h5).

        The recordings of an array (n, frames, 29) follow each other. What is left after whole
        seconds is dropped.

        Parameters
        ----------
        path
            The file; its ending tells whether it holds levels.
        offset
            dB from the levels of a file to dB re full scale, see `layout.read_levels`.
        every
            Give the log-mels of all transcoders, and of a sound the true ones.

        Raises
        ------
        DataError
            The file is not there, cannot be read, lasts less than a second, or has other bands.
        """
        if not path.is_file():
            raise DataError(f"there is no file {path}; give a sound, or third-octave levels")
        wave = None
        if path.suffix.lower() in READERS:
            levels = _seconds(read_levels(path, OFFSET if offset is None else offset))
        else:
            waves = read(path, (SAMPLE_RATE, self.rate))
            levels = _batched(ThirdOctave(), _cut(waves[SAMPLE_RATE], SAMPLE_RATE))
            wave = waves[self.rate][: len(levels) * self.rate]
        scores, mels = self._transcode(levels)
        if every:
            mels = self._every(mels, levels, wave)
        return Heard(levels.flatten(0, 1).numpy() - SENSITIVITY, scores, mels, wave)

    def tags(self, heard: Heard, top: int, only: Sequence[str] = ()) -> list[Tag]:
        """Give so many classes, highest mean score first, or those that are named."""
        columns = self.columns(only) if only else range(len(self.class_names))
        names = [self.class_names[column] for column in columns]
        chosen = torch.from_numpy(heard.scores[:, list(columns)])
        return highest(chosen, names, hop=1.0, top=len(only) or top)

    def columns(self, names: Sequence[str]) -> list[int]:
        """Find classes among those of the scores; raises UnknownName with the nearest match."""
        for name in names:
            if name not in self.class_names:
                raise UnknownName("class", name, self.class_names)
        return [self.class_names.index(name) for name in names]

    def _transcode(self, levels: Tensor) -> tuple[Array, dict[str, Array]]:
        """Give scores (n, classes), and the log-mels of the transcoder that scores."""
        model, answers = self.models[self.label], list[Answer]()
        with torch.inference_mode():
            for batch in torch.split(levels, BATCH):
                answers.append(model(batch.to(self.device)))
        scores = np.concatenate([a.scores.cpu().numpy() for a in answers if a.scores is not None])
        mels = [a.mels.cpu().numpy() for a in answers if a.mels is not None]
        return scores, {self.label: np.concatenate(mels)} if mels else {}

    def _every(
        self, made: Mapping[str, Array], levels: Tensor, wave: Array | None
    ) -> dict[str, Array]:
        """Add those not made yet; in order PINV, CNN-mels, CNN-logits, and the truth."""
        mels = dict(made)
        for label, model in self.models.items():
            if not (model.student or label in mels):
                mels[label] = _batched(model.transcoder, levels, self.device).numpy()
        mels = dict(sorted(mels.items(), reverse=True))
        if wave is not None:
            mels[TRUTH] = _batched(self.target.module(), _cut(wave, self.rate)).numpy()
        return mels


def _seconds(levels: Array) -> Tensor:
    """Cut the levels of recordings (n, frames, 29) into seconds (seconds, 8, 29)."""
    whole = levels.shape[1] // FRAMES_A_SECOND * FRAMES_A_SECOND
    return torch.from_numpy(levels[:, :whole].reshape(-1, FRAMES_A_SECOND, levels.shape[2]))


def _cut(wave: Array, rate: int) -> Tensor:
    """Cut a wave (samples,) into seconds (n, rate)."""
    return torch.from_numpy(wave[: len(wave) // rate * rate].reshape(-1, rate))


@torch.inference_mode()
def _batched(module: nn.Module, seconds: Tensor, device: str = "cpu") -> Tensor:
    """Put seconds through a module, some at a time; what comes out is on the CPU."""
    return torch.cat([module(batch.to(device)).cpu() for batch in torch.split(seconds, BATCH)])
