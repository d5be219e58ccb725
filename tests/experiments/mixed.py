"""Small mixtures of four folds, as they would be prepared: a mark in the noise for each class."""

import numpy as np
from small_icbhi import run_stage

from core import Setting
from experiments.sed.training import train

CLIPS, FRAMES, BANDS, CLASSES = 12, 12, 8, 4  # clips a fold
SMALL = {
    "model": "att2_ae",
    "width": 0.125,
    "decoder": "linear",
    "alpha": 1e-3,
    "fold": 4,
    "selection": "held_out",
    "lr": 1e-3,
    "weight_decay": 0.0,
    "batch_size": 8,
    "epochs": 3,
    "precision": "float32",
    "compiled": False,
}
ALONE = {"att2_ae": ("decoder", "alpha"), "atrous_att": ("atrous",)}
VARIANTS = {"decoder": "linear", "alpha": 1e-3, "atrous": "repaired"}


def setting_of(**changed):
    """Give what training sees of a setting; factors of other models are blank."""
    values = {**VARIANTS, **SMALL, **changed}
    mine = ALONE.get(values["model"], ())
    return Setting({n: v for n, v in values.items() if n not in VARIANTS or n in mine})


def make_mixtures(setting, inputs, output):
    """Make clips in which a class is a loud band for three frames."""
    rng = np.random.default_rng(0)
    fold = np.repeat([1, 2, 3, 4], CLIPS)
    target = rng.random((len(fold), CLASSES)) < 0.4
    target[np.arange(len(fold)), rng.integers(CLASSES, size=len(fold))] = True
    logmel = rng.standard_normal((len(fold), FRAMES, BANDS)) - 8
    for clip, label in np.argwhere(target):
        start = rng.integers(FRAMES - 3)
        logmel[clip, start : start + 3, 2 * label] += 6
    output["logmel"] = logmel.astype(np.float32)
    output["target"] = target.astype(np.uint8)
    output["fold"] = fold.astype(np.int8)


def mixtures_in(folder, make=make_mixtures):
    return run_stage(make, Setting({}), folder)


def trained(mixtures, folder, seed=1, **changed):
    return run_stage(train, setting_of(**changed), folder, {"mixtures": mixtures}, seed)
