"""Sheets of the spectral transcoder: every file that was evaluated, and every clip classified."""

from collections.abc import Iterator, Sequence

import numpy as np

from core.sheet import Finished
from experiments.transcoder.clips import Array

# Of files, as the record of an evaluation has them.
MEASURES = ("mel_mse", "logit_bce", "logit_excess", "logit_kl", "logit_mse", "logit_cos", "top")


def files(settings: Finished) -> Iterator[dict[str, object]]:
    """Give a row for each file of the evaluation part: how far the transcoder is from the oracle.

    `id` is that of the evaluation's record, `top` whether the highest class is the oracle's; a
    student gives no `mel_mse`.
    """
    for setting, records in settings:
        evaluation = records["evaluation"]
        names = evaluation["names"].tolist()
        columns = [evaluation[measure].tolist() for measure in MEASURES]
        for name, *values in zip(names, *columns, strict=True):
            yield {
                "setting": str(setting),
                "run": setting.get("run"),
                "id": evaluation.id,
                "file": name,
                **dict(zip(MEASURES, values, strict=True)),
            }


def clips(settings: Finished) -> Iterator[dict[str, object]]:
    """Give a row for each clip that was classified: its classes, and those it was taken for.

    Several classes are joined by `;`. `id` is that of the classification's record; `fold` is the
    one that tested.
    """
    for setting, records in settings:
        record, classes = records["classification"], records["clips"].info["classes"]
        columns = (record["names"].tolist(), record["fold"].tolist())
        answers = (_names(record[name], classes) for name in ("labels", "predictions"))
        for name, fold, labels, predicted in zip(*columns, *answers, strict=True):
            yield {
                "setting": str(setting),
                "run": setting.get("run"),
                "id": record.id,
                "clip": name,
                "fold": fold,
                "labels": labels,
                "predicted": predicted,
            }


def _names(answers: Array, classes: Sequence[str]) -> list[str]:
    """Name the classes of each clip: by number (clips,), or present or not (clips, classes)."""
    if answers.ndim == 1:
        return [classes[int(answer)] for answer in answers]
    return [";".join(classes[int(i)] for i in np.flatnonzero(row)) for row in answers]
