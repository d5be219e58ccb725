"""The stages that turn sounds into levels and log-mels, once for everything that reads them."""

from collections.abc import Sequence

import numpy as np
import torch

from core import Inputs, Output, Setting
from experiments.common.corpora import corpus_folder
from experiments.common.gathering import gather, share_of
from experiments.transcoder import tau
from experiments.transcoder.analysis import Analysis
from experiments.transcoder.scenes import SECONDS
from experiments.transcoder.sonyc_labels import Unlabelled
from experiments.transcoder.targets import load_target
from experiments.transcoder.tau import Scene
from experiments.transcoder.tau_parts import DEVICE, FIRST

WHOLE_CORPUS = "tau"


def prepare(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Prepare a share of the corpus's scenes, second by second; every selection finds its own.

    Arrays of seconds, file after file: `third_octave` (n, 8, 29), `mel_PANN` (n, 101, 64),
    `mel_YamNet` (n, 96, 64), and `file` (n,), the index of each second's file. Arrays of files:
    `names`, `scene`, `city`, `device`. The synthetic scenes come from the stage `scenes`, real
    ones from the user's folder.
    """
    torch.set_num_threads(1)  # each of our threads has a sound of its own
    scenes = share_of(_scenes(setting, inputs), *inputs.share)
    gather([scene.path for scene in scenes], Analysis().scene, output, inputs.threads)
    output["file"] = np.repeat(np.arange(len(scenes)), SECONDS)
    output["names"] = np.array([scene.name for scene in scenes])
    for column in ("scene", "city", "device"):
        output[column] = np.array([getattr(scene, column) for scene in scenes])


def prepare_clips(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Prepare the clips of the setting's target, whatever their lengths.

    Arrays as `Analysis.clip` gives them, one clip after another; beside each its `first_` array
    (clips + 1,), so that clip i has the rows from first[i] up to first[i + 1]. Arrays of clips:
    `labels` (clips, classes), `folds` and `names`. The synthetic clips come from the stage
    `target_scenes`, real ones from the user's folder.
    """
    torch.set_num_threads(1)  # each of our threads has a sound of its own
    folder = corpus_folder(inputs, "target_scenes")
    unlabelled: Unlabelled = setting.unlabelled if "unlabelled" in setting else "absent"
    target = load_target(setting.target, folder, unlabelled)
    rows = gather([clip.path for clip in target.clips], Analysis().clip, output, inputs.threads)
    for name, counts in rows.items():
        output[f"first_{name}"] = np.cumsum([0, *counts])
    output["labels"] = target.labels
    output["folds"] = target.folds
    output["names"] = np.array([clip.name for clip in target.clips])
    output.info["classes"] = list(target.classes)


def _scenes(setting: Setting, inputs: Inputs) -> Sequence[Scene]:
    """List the scenes that any selection takes: of whichever device at the beginning, then of a."""
    whole = setting.get("corpus") == WHOLE_CORPUS
    scenes = tau.load(corpus_folder(inputs, "scenes"), part=not whole)
    return [*scenes[:FIRST], *(scene for scene in scenes[FIRST:] if scene.device == DEVICE)]
