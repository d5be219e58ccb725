"""The stage that turns the sounds of clips into log-mels, once for everything that reads them."""

from functools import partial
from pathlib import Path

import numpy as np
import torch

from core import Inputs, Output, Setting
from core.errors import DataError
from experiments.common.gathering import gather, share_of
from experiments.retrieval.corpora import load
from experiments.retrieval.front_ends import Array, FrontEnd, front_end
from experiments.retrieval.ids import clip_id
from experiments.retrieval.sounds import read_sound


def prepare(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Analyse a share of the clips, in the order of the stage `captions`, at their own lengths.

    `logmel` (frames, 64) float32 has one clip after another; clip i has the frames from first[i] up
    to first[i + 1]. Arrays of clips: `seconds`, `fname`, `split`, `id`. The synthetic corpus comes
    from the stage `corpus`, real ones from the user's folder. Raises DataError, which names them,
    for sounds that are damaged or too short, and where captions have none.
    """
    torch.set_num_threads(1)  # each of our threads has a sound of its own
    clips = share_of(load(setting.dataset, inputs), *inputs.share)
    paths = [clip.path for clip in clips if clip.path]
    if len(paths) < len(clips):
        raise DataError(
            f"{setting.dataset} has captions without sounds; take a dataset that has both, as "
            "clotho, or system=caption_oracle, which reads captions alone"
        )
    analyse = partial(_analyse, front_end(setting.front_end))
    frames = gather(paths, analyse, output, inputs.threads)["logmel"]
    output["first"] = np.cumsum([0, *frames])
    output["fname"] = np.array([clip.fname for clip in clips])
    output["split"] = np.array([clip.split for clip in clips])
    output["id"] = np.array([clip_id(clip.split, clip.fname) for clip in clips])


def _analyse(analyse: FrontEnd, path: Path) -> dict[str, Array]:
    wave, rate = read_sound(path)
    return {"logmel": analyse(wave, rate), "seconds": np.array([len(wave) / rate])}
