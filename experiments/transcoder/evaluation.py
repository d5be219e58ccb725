"""The stage that compares what a transcoder gives with what the teacher makes of the truth."""

from collections.abc import Sequence
from itertools import chain

import numpy as np
import torch
from torch import Tensor

from core import Inputs, Output, Setting
from experiments.transcoder.agreement import agreement, top_by_class
from experiments.transcoder.clips import Array
from experiments.transcoder.mapping import columns, tvb
from experiments.transcoder.material import Part, load_part
from experiments.transcoder.models import load_model
from experiments.transcoder.scenes import SECONDS, Scenes

BATCH = 256


def evaluate(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Compare a transcoder with the oracle on the evaluation part, file by file.

    Arrays of files: `mel_mse` (NaN of students, which give no mels), `logit_bce`, `logit_excess`,
    `logit_kl`, `logit_mse`, `logit_cos`, `top` (see agreement.agreement), the same with `_tvb`
    among the classes of traffic, voices and birds (NaN where the teacher knows none), and
    `names`. `scores` (seconds, classes) are the transcoder's; the oracle's are in the record of
    `oracle`. `ptopafc_weighted` is the share of files with the oracle's top class as a mean over
    these classes.
    """
    torch.set_num_threads(inputs.threads)
    scenes = Scenes(inputs.shares("spectra"))
    files = scenes.part(setting, "eval")
    part = load_part(setting, inputs, "eval", mels=True, scores=True)
    assert part.truth.scores is not None
    scores = oracle = _by_file([part.truth.scores.cpu().numpy()])
    errors = np.zeros(len(files))
    if setting.transcoder != "oracle":
        scores, errors = _transcode(setting, inputs, part, output)
    output["mel_mse"] = errors
    _compare(scores, oracle, "", output)
    heard = columns(chain(*tvb().values()), list(map(str, inputs["oracle"]["classes"])))
    _compare(scores[..., heard], oracle[..., heard], "_tvb", output)
    output["ptopafc_weighted"] = top_by_class(scores, oracle)
    output["scores"] = scores.reshape(-1, scores.shape[-1])
    output["names"] = scenes.column("names")[files]


def _transcode(setting: Setting, inputs: Inputs, part: Part, output: Output) -> tuple[Array, Array]:
    """Give scores (files, 10, classes) and the errors of mels (files,), NaN of a student."""
    model = load_model(setting, inputs)
    scores: list[Array] = []
    errors: list[Array] = []
    with torch.no_grad():
        for rows in torch.split(torch.arange(len(part)), BATCH):
            levels, truth = part.batch(rows)
            found = model(levels)
            scores.append(found.scores.float().cpu().numpy())
            errors.append(_error(found.mels, truth.mels))
            output.progress(int(rows[-1]) + 1, len(part))
    return _by_file(scores), _by_file(errors).mean(1)


def _error(mels: Tensor | None, truth: Tensor | None) -> Array:
    """Give the mean squared error of each second's log-mel."""
    assert truth is not None
    if mels is None:
        return np.full(len(truth), np.nan)
    error: Array = (mels - truth).square().mean((1, 2)).cpu().numpy()
    return error


def _compare(scores: Array, oracle: Array, ending: str, output: Output) -> None:
    for name, values in agreement(scores, oracle).items():
        output[f"{'top' if name == 'top' else f'logit_{name}'}{ending}"] = values


def _by_file(batches: Sequence[Array]) -> Array:
    """Join values of seconds, (files, 10, …)."""
    seconds = np.concatenate(batches)
    return seconds.reshape(-1, SECONDS, *seconds.shape[1:])
