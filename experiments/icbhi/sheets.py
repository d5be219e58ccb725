"""Sheets of ICBHI: every answer to every test cycle, and a row a run as EVAR writes them."""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.special import softmax

from core import Setting
from core.contrast import varying
from core.scores import score, sensitivity, specificity
from core.sheet import Finished
from core.values import Modality
from experiments.icbhi.metadata import CLASSES

REPLICATES = ("run", "fold")
# What a model is called by; the factors that tell the others apart follow.
CALLED_BY = ("backbone", "method", "label", "metadata")


def predictions(settings: Finished) -> Iterator[dict[str, object]]:
    """Give a row for each test cycle of each setting: what it is, and what it was taken for.

    Onset and offset are in seconds; `id` is that of the evaluation's record; `p_<class>` is the
    softmax of the logits to 6 decimals. Every score can be recomputed from `label` and
    `predicted`, without audio.
    """
    names = np.array(CLASSES)
    for setting, records in settings:
        cycles, evaluation = records["cycles"], records["evaluation"]
        which = evaluation["cycle"]
        count = len(which)
        shares = softmax(evaluation["logits"].astype(np.float64), axis=1).round(6).T
        columns: dict[str, Sequence[object]] = {
            "setting": [str(setting)] * count,
            "run": [setting.run] * count,
            "id": [evaluation.id] * count,
            "recording": cycles["stem"][evaluation["recording"]].tolist(),
            "onset": cycles["onset"][which].tolist(),
            "offset": cycles["offset"][which].tolist(),
            "patient": evaluation["patient"].tolist(),
            "label": names[evaluation["label"]].tolist(),
            "predicted": names[evaluation["predictions"]].tolist(),
            **{f"p_{name}": p.tolist() for name, p in zip(CLASSES, shares, strict=True)},
        }
        for values in zip(*columns.values(), strict=True):
            yield dict(zip(columns, values, strict=True))


def evar(settings: Finished) -> Iterator[dict[str, object]]:
    """Give a row for each run in the columns of `results/icbhi-scores.csv`, which EVAR writes.

    EVAR is nttcslab/eval-audio-repr, its app icbhi_sprs. As there, scores are shares between 0
    and 1, sensitivity is strict, runs of a model share its name, and `args` is a Python dict as
    text. The epoch is the one that the setting's `selection` chose; EVAR's own rows have the
    best on the test part.
    """
    found = list(settings)
    bare = dict.fromkeys(setting.without(REPLICATES) for setting, _ in found)
    apart = [name for name in varying([*bare]) if name not in CALLED_BY]
    for setting, records in found:
        evaluation = records["evaluation"]
        confusion = evaluation["confusion"]
        model = _model(setting, apart)
        yield {
            "model": model,
            "best_sp": float(specificity(confusion)),
            "best_se": float(sensitivity(confusion)),
            "best_icbhi_score": float(score(confusion)),
            "report": f"{model}: {confusion.sum()} test cycles, epoch {evaluation['epoch']} by "
            f"{setting.selection}, confusion {confusion.tolist()}, id {evaluation.id}",
            "args": str(dict(setting)),
        }


def _model(setting: Setting, apart: Sequence[str]) -> str:
    """Name a model: `cnn6-scl`, `cnn6-mscl-sa`, `cnn6-ce-lr0.001` where rates are compared."""
    called_by = [str(setting[name]) for name in CALLED_BY if name in setting]
    words = [word for word in called_by if word != "class"]  # the label that needs no telling
    return "-".join([*words, *(_word(name, setting[name]) for name in apart if name in setting)])


def _word(name: str, value: Modality) -> str:
    return value if isinstance(value, str) else f"{name}{value}"
