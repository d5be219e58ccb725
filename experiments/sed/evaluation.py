"""The stage that scores what a network says of the test fold, and shows it for a few clips."""

import logging
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from core import Inputs, Output, Record, Setting
from experiments.common.precision import precision_of
from experiments.sed.annotation import clip_name
from experiments.sed.answer import Answer
from experiments.sed.events import active_frames, listed
from experiments.sed.features import unpack
from experiments.sed.material import Array, Mixtures
from experiments.sed.network import Network, load_network
from experiments.sed.pictures import Clip, draw
from experiments.sed.scores import fold_scores
from experiments.sed.segmentation import Segmentation

BATCH = 16

LOG = logging.getLogger(__name__)


def evaluate(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Score the clips of the test fold.

    Arrays of these clips: `clips` (n, classes) and `frames` (n, classes, frames) float16, the
    probabilities; `target` (n, classes); `clip`, the positions in the mixing plan. Scores of each
    class, (classes,), NaN for a class that the fold lacks: see `scores.fold_scores`, and
    `segmentation_` `precision`, `recall`, `f1`, `auc`, `ap`. Info: `absent`, names of such classes.

    Of clips whose sound the mixtures have kept, it is here again, `00000.wav`, and pictures of
    the network's answer, `00000_classes.png` and others: see `pictures.draw`.
    """
    torch.set_num_threads(inputs.threads)
    test = _Test(setting, inputs)
    clips, frames, segmentation = test.answers(output)
    output["clips"], output["frames"] = clips, frames
    output["target"], output["clip"] = test.target, test.column("clip")
    for name, values in fold_scores(clips, frames, test.events, test.seconds).items():
        output[name] = values
    for name, values in segmentation.items():
        output[f"segmentation_{name}"] = values
    output.info["absent"] = test.absent()
    test.show(output.folder)


class _Test:
    """The clips of the test fold, and the network that is tested."""

    def __init__(self, setting: Setting, inputs: Inputs) -> None:
        self.shares = inputs.shares("mixtures")
        self.mixtures = Mixtures(self.shares)
        self.rows = np.flatnonzero(self.mixtures.column("fold") == setting.fold)
        self.target = self.column("target")
        self.mask = unpack(self.column("mask"))
        self.events = listed(*(self.column(name) for name in ("event", "onset", "offset")))
        self.classes = list(map(str, self.shares[0].info["classes"]))
        self.seconds = float(self.shares[0].info["clip_seconds"])
        self.device, self.precision = inputs.device, setting.precision
        self.network: Network = load_network(setting, inputs["training"], inputs.device)

    def column(self, name: str) -> Array:
        """Give what is known of each clip of the fold."""
        return self.mixtures.column(name)[self.rows]

    @torch.inference_mode()
    def answer(self, rows: Array) -> Answer:
        """Give the network's answer to some clips of the fold."""
        logmel = torch.from_numpy(self.mixtures.logmels(self.rows[rows])).to(self.device)
        with precision_of(self.precision, self.device):
            found: Answer = self.network(logmel)
        return found

    def answers(self, output: Output) -> tuple[Array, Array, Mapping[str, Array]]:
        """Give probabilities of clips and frames, and the scores of the segmentation."""
        shape = (len(self.rows), len(self.classes), self.mixtures.shape.frames)
        clips, frames = np.empty(shape[:2], np.float32), np.empty(shape, np.float16)
        active = active_frames(self.events, shape)
        segmentation = Segmentation(len(self.classes), self.device)
        for rows in np.array_split(np.arange(len(self.rows)), -(-len(self.rows) // BATCH)):
            answer = self.answer(rows)
            clips[rows] = answer.clips.cpu().numpy()
            frames[rows] = answer.frames.half().cpu().numpy()
            segmentation.add(answer.cells, self._there(self.mask[rows]), self._there(active[rows]))
            output.progress(int(rows[-1]) + 1, len(self.rows))
        return clips, frames, segmentation.scores()

    def _there(self, values: Array) -> Tensor:
        return torch.from_numpy(values).to(self.device)

    def absent(self) -> list[str]:
        """Name the classes that the fold lacks, and say what comes of it."""
        lacking = [self.classes[i] for i in np.flatnonzero(~self.target.any(0))]
        if lacking:
            LOG.warning("the fold lacks %s: left out of means over classes", ", ".join(lacking))
        return lacking

    def show(self, folder: Path) -> None:
        """Leave sounds and pictures of the clips whose sound was kept."""
        for row, name, share in self._sounds():
            with share.open(name) as sound, (folder / name).open("wb") as copy:
                shutil.copyfileobj(sound, copy)
            events = self.events.chosen(self.events.clip == row)
            clip = Clip(Path(name).stem, self.answer(np.array([row])), events, self.mask[row])
            draw(clip, self.classes, folder)

    def _sounds(self) -> Iterator[tuple[int, str, Record]]:
        """Find the clips whose sound was kept: each with its file, and the record that has it."""
        kept = {name: share for share in self.shares for name in share.files("*.wav")}
        for row, name in enumerate(map(clip_name, self.column("clip").tolist())):
            if name in kept:
                yield row, name, kept[name]
