"""What a training reads: levels, true mels and the teacher's scores of each part."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core import Inputs, Setting
from experiments.transcoder.objective import Answer
from experiments.transcoder.scenes import Scenes, chunks


@dataclass(frozen=True)
class Part:
    """The seconds of some files, on the device: `levels` (n, 8, 29), and what is true of them."""

    levels: Tensor
    truth: Answer

    def __len__(self) -> int:
        return len(self.levels)

    @property
    def rows(self) -> Tensor:
        """The seconds' own numbers, (n,), on the device."""
        return torch.arange(len(self), device=self.levels.device)

    def batch(self, rows: Tensor) -> tuple[Tensor, Answer]:
        """Give the levels of some seconds, and what is true of these."""
        mels, scores = self.truth.mels, self.truth.scores
        return self.levels[rows], Answer(
            None if mels is None else mels[rows], None if scores is None else scores[rows]
        )


def load_part(setting: Setting, inputs: Inputs, name: str, *, mels: bool, scores: bool) -> Part:
    """Load the part `train`, `valid` or `eval` onto the device, with what is asked of the truth."""
    scenes = Scenes(inputs.shares("spectra"))
    files = scenes.part(setting, name)

    def on_device(array: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]") -> Tensor:
        return torch.from_numpy(array).to(inputs.device)

    truth = Answer(
        on_device(scenes.read(f"mel_{setting.classifier}", files)) if mels else None,
        on_device(inputs["oracle"]["scores"][chunks(files)]) if scores else None,
    )
    return Part(on_device(scenes.read("third_octave", files)), truth)
