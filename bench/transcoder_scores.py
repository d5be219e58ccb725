"""Seconds to tell the classes of clips from scores, and to train the heads of ten folds.

The shapes are UrbanSound8K's: 8,732 clips, the 521 scores of YAMNet, ten folds; and the test part
of SONYC-UST is taken as large. To reach, without training: less than 1 s. Heads that are trained
side by side are compared with one after another.
"""

import numpy as np
import torch

import yamnet
from core import Inputs, Setting
from experiments.transcoder.aggregation import among_highest, group_maxima, highest
from experiments.transcoder.classification import areas, confusion
from experiments.transcoder.clips import Array
from experiments.transcoder.deep_head import Training
from experiments.transcoder.groups import group_indices, read_groups
from experiments.transcoder.rotation import turns
from timing import shortest

CLIPS, FOLDS = 8732, 10
SETTING = Setting({"head_lr": 1e-3, "head_epochs": 30, "head_batch_size": 32})
REPETITIONS = 5


def material() -> tuple[Array, Array, Array]:
    """Make up scores (clips, 521), classes (clips,) and folds (clips,)."""
    rng = np.random.default_rng(0)
    scores = rng.random((CLIPS, len(yamnet.class_names())), np.float32)
    return scores, rng.integers(0, 10, CLIPS), rng.integers(1, FOLDS + 1, CLIPS).astype(str)


def main() -> None:
    """Print the seconds."""
    torch.set_num_threads(1)
    scores, kind, folds = material()
    urban, sonyc = (
        group_indices(read_groups(target, "corrected"), yamnet.class_names())
        for target in ("URBAN-SOUND-8K", "SONYC-UST")
    )
    present = np.eye(10, dtype=bool)[kind]

    def single() -> None:
        maxima = group_maxima(scores, urban)
        confusion(kind, highest(maxima), 10)
        areas(present, maxima)

    def several() -> None:
        among_highest(scores, sonyc)
        areas(present[:, : len(sonyc)], group_maxima(scores, sonyc))

    for classes, work in (("one class", single), ("several classes", several)):
        taken = shortest(work, REPETITIONS)
        print(f"{CLIPS} clips, {classes} each: {taken:.3f} s; to reach: 1 s")

    parts = turns(folds)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    data = [torch.from_numpy(a).to(device) for a in (scores, present.astype(np.float32))]

    def epoch(training: Training) -> None:
        training.run_epoch(0)
        training.answers()

    inputs = Inputs(device=device)
    together = Training(SETTING, inputs, *data, parts)
    alone = [Training(SETTING, inputs, *data, [part]) for part in parts]
    side_by_side = shortest(lambda: epoch(together), 3)
    in_turn = shortest(lambda: [epoch(training) for training in alone], 3)
    print(
        f"an epoch of {FOLDS} heads on {device}: {side_by_side:.2f} s side by side, "
        f"{in_turn:.2f} s one after another, {in_turn / side_by_side:.1f} times as long"
    )


if __name__ == "__main__":
    main()
