"""The stage that reads the sounds of FSDKaggle2018 once, for all mixtures of them."""

import logging
from pathlib import Path

import numpy as np

from core import Inputs, Output, Setting
from experiments.common.corpora import corpus_folder
from experiments.common.gathering import gather
from experiments.sed.classes import CLASSES
from experiments.sed.folds import draw_folds
from experiments.sed.fsdkaggle2018 import RECORD, load
from experiments.sed.material import Array
from experiments.sed.mixer import SAMPLE_RATE, read_sound, rms
from experiments.sed.mixing_plan import LONGEST

LOG = logging.getLogger(__name__)


def prepare(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Read every verified sound at 32 kHz, channels averaged.

    `wave` has the first 2 s of each, float32, one after the other; sound i has the samples from
    first[i] up to first[i + 1]. Arrays of sounds: `rms` and `seconds`, both of the whole file,
    `fname`, `label`, `fold`, and `row`, its row in the table. The synthetic sounds come from the
    stage `events`, real ones from the user's folder.
    """
    sounds = load(corpus_folder(inputs, "events"), part=setting.dataset != RECORD.dataset)
    labels = sounds.labels
    usable = {row: sounds.clips[row] for row in np.flatnonzero(labels.verified).tolist()}
    clips = {row: clip for row, clip in usable.items() if clip}
    counts = gather([clip.path for clip in clips.values()], _read, output, inputs.threads)
    rows = np.array(list(clips), int)
    output["first"] = np.cumsum([0, *counts["wave"]])
    output["seconds"] = np.array([clip.seconds for clip in clips.values()])
    output["fname"] = labels.fname[rows]
    output["label"] = labels.label[rows].astype(np.int8)
    output["fold"] = draw_folds(len(labels.fname))[rows]
    output["row"] = rows
    output.info |= {"sample_rate": SAMPLE_RATE, "classes": list(CLASSES)}


def _read(path: Path) -> dict[str, Array]:
    wave = read_sound(path)
    loudness = rms(wave)
    if not loudness:
        LOG.warning("%s is silent, and so are the events made of it", path)
    return {"wave": wave[: round(LONGEST * SAMPLE_RATE)], "rms": np.array([loudness])}
