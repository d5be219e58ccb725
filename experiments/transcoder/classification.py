"""The stage that tells the classes of clips from a teacher's scores, and how well."""

import logging
from collections.abc import Sequence

import numpy as np
from sklearn.metrics import auc, precision_recall_curve

from core import Inputs, Output, Record, Setting
from core.errors import DataError, UnknownName
from experiments.transcoder.aggregation import among_highest, group_maxima, highest
from experiments.transcoder.clips import Array
from experiments.transcoder.deep_head import learn
from experiments.transcoder.groups import group_indices, read_groups
from experiments.transcoder.rotation import turns
from experiments.transcoder.targets import CORPORA, URBAN_SOUND_8K

THRESHOLD = 0.5  # of a deep head's scores, where several classes may be present

LOG = logging.getLogger(__name__)


def classify(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Tell the classes of the clips that test: all of UrbanSound8K, the test part of SONYC-UST.

    With deep=0 by groups of the teacher's classes, with deep=1 by heads trained on its scores.

    Arrays, over these clips: `scores` (clips, classes); `predictions` and `labels`, (clips,)
    numbers for UrbanSound8K, where a clip has one class, and (clips, classes) bools for
    SONYC-UST; `fold`, `names`, and `clip`, the position in the record of `clips`. Besides,
    `accuracy`, of all decisions of all folds together; `auprc` (classes,), NaN for a class
    that is absent, see `areas`; for UrbanSound8K `confusion` (classes, classes), true classes in
    rows. Info: `absent`, names of classes that no clip has.
    """
    if setting.target not in CORPORA:
        raise UnknownName("target", setting.target, CORPORA)
    clips = inputs["clips"]
    test = np.sort(np.concatenate([turn.test for turn in turns(clips["folds"])]))
    scores, predictions = (found[test] for found in _answers(setting, inputs, output))
    present = clips["labels"][test] > 0
    labels = present.argmax(axis=1) if predictions.ndim == 1 else present
    if predictions.ndim == 1:
        output["confusion"] = confusion(labels, predictions, present.shape[1])
    output["scores"], output["predictions"], output["labels"] = scores, predictions, labels
    output["clip"] = test
    output["fold"] = clips["folds"][test]
    output["names"] = clips["names"][test]
    output["accuracy"] = (predictions == labels).mean()
    output["auprc"] = areas(present, scores)
    output.info["absent"] = _absent(clips, present)


def areas(present: Array, scores: Array) -> Array:
    """Give the area under the precision-recall curve of each class, by trapezoids: (classes,).

    `present` (clips, classes) are bools, `scores` any numbers, higher for surer. A class that no
    clip has gives NaN.
    """
    found = np.full(present.shape[1], np.nan)
    for i in np.flatnonzero(present.any(axis=0)):
        precision, recall, _ = precision_recall_curve(present[:, i], scores[:, i])
        found[i] = auc(recall, precision)
    return found


def confusion(labels: Array, predictions: Array, classes: int) -> Array:
    """Count how often each class (rows) was given each answer (columns)."""
    pairs = np.bincount(labels * classes + predictions, minlength=classes**2)
    return pairs.reshape(classes, classes)


def _answers(setting: Setting, inputs: Inputs, output: Output) -> tuple[Array, Array]:
    """Give scores (clips, classes) of all clips, and the classes they tell."""
    clips, logits = inputs["clips"], inputs["logits"]
    one_class = CORPORA[setting.target] == URBAN_SOUND_8K
    if setting.deep:
        parts = turns(clips["folds"])
        scores = learn(setting, inputs, output, logits["scores"], clips["labels"], parts)
        return scores, scores.argmax(axis=1) if one_class else scores >= THRESHOLD
    groups = _groups(setting, [str(name) for name in logits["classes"]])
    scores = group_maxima(logits["scores"], groups)
    return scores, highest(scores) if one_class else among_highest(logits["scores"], groups)


def _groups(setting: Setting, classes: Sequence[str]) -> list[Array]:
    """Give the indices of each group's classes; tell those of which the teacher knows none."""
    groups = read_groups(CORPORA[setting.target], setting.groups)
    indices = group_indices(groups, classes)
    unknown = [name for name, known in zip(groups, indices, strict=True) if not len(known)]
    if len(unknown) == len(groups):
        raise DataError(
            f"the teacher knows no class that stands for one of {setting.target}; its classes "
            f"are {', '.join(classes[:12])}, …"
        )
    if unknown:
        LOG.warning("the teacher knows no class of %s, which score 0", ", ".join(unknown))
    return indices


def _absent(clips: Record, present: Array) -> list[str]:
    """Name the classes that no clip has, and say what comes of it."""
    lacking = np.flatnonzero(~present.any(axis=0))
    names = [str(clips.info["classes"][i]) for i in lacking]
    if names:
        LOG.warning("no clip of the test has %s: left out of the mean AUPRC", ", ".join(names))
    return names
