"""The stage that scores the clips of a target, by their true log-mels or by transcoded ones."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

import yamnet
from core import Inputs, Output, Record, Setting
from core.errors import DataError
from experiments.transcoder.clips import Array
from experiments.transcoder.models import Model, load_model
from experiments.transcoder.objective import Answer
from experiments.transcoder.teachers import Teacher, teacher_of
from experiments.transcoder.third_octave import FRAMES_A_SECOND, SAMPLE_RATE

SECONDS = 128  # of sound at once
MELS_A_SECOND = 100


@dataclass(frozen=True)
class Scorer:
    """How clips are scored: what is read of them, and what scores it.

    Attributes
    ----------
    source:
        The array of the record of `clips`.
    rows_a_second:
        Of that array.
    shortest:
        Rows that a clip must have.
    class_names:
        Of the scores.
    score:
        From clips of one length (n, rows, bands) to scores (n, classes) in [0, 1].
    """

    source: str
    rows_a_second: int
    shortest: int
    class_names: Sequence[str]
    score: Callable[[Tensor], Tensor]


def score_clips(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Keep `scores` (clips, classes) in [0, 1] of every clip as a whole, and `classes`, names.

    With the transcoder "oracle" the teacher reads the true log-mels, see `of_truth`; any other
    transcodes third-octave levels second by second, see `of_levels`.

    Raises DataError, which names the clip, where one is shorter than a second.
    """
    torch.set_num_threads(inputs.threads)
    scorer = make_scorer(setting, inputs)
    clips = inputs["clips"]
    rows, first = clips[scorer.source], clips[f"first_{scorer.source}"]
    _check(clips, np.diff(first), scorer.shortest)
    scores = np.zeros((len(first) - 1, len(scorer.class_names)), np.float32)
    done = 0
    for batch, places in alike(first, SECONDS * scorer.rows_a_second):
        with torch.no_grad():
            found = scorer.score(torch.from_numpy(rows[places]).to(inputs.device))
        scores[batch] = found.cpu().numpy()
        done += len(batch)
        output.progress(done, len(scores))
    output["scores"] = scores
    output["classes"] = list(scorer.class_names)


def make_scorer(setting: Setting, inputs: Inputs) -> Scorer:
    """Load the teacher of a setting, and its transcoder but for "oracle", to score clips.

    With `input_rate` 16000 the levels are those of sound at that rate taken for sound at 32 kHz,
    as published for YamNet.
    """
    if setting.transcoder == "oracle":
        teacher = teacher_of(setting, inputs)
        source, score = f"mel_{setting.classifier}", partial(of_truth, teacher, setting.classifier)
        return Scorer(source, MELS_A_SECOND, yamnet.PATCH, teacher.class_names, score)
    model = load_model(setting, inputs)
    rate = _rate(setting)
    return Scorer(
        f"third_octave_{rate}",
        FRAMES_A_SECOND,
        FRAMES_A_SECOND * rate // SAMPLE_RATE,
        model.teacher.class_names,
        partial(of_levels, model, setting),
    )


def of_truth(teacher: Teacher, classifier: str, log_mel: Tensor) -> Tensor:
    """Score clips (n, classes) by true log-mels (n, frames, 64).

    PANN reads a clip in one pass. YamNet's scores are the mean over patches of 0.96 s, one each
    second; what is left at the end is not read.
    """
    if classifier == "PANN":
        return teacher.scores(log_mel)
    patches = yamnet.patches(log_mel, hop=1.0)
    scores = teacher.scores(patches.flatten(0, 1))
    return scores.view(*patches.shape[:2], -1).mean(1)


def of_levels(model: Model, setting: Setting, levels: Tensor) -> Tensor:
    """Score clips (n, classes) by third-octave levels (n, frames, 29), second by second.

    PANN reads the log-mels of a clip's seconds in one pass, joined without the last frame of each
    but the last one; what remains after whole seconds is stretched to one, as published. YamNet,
    and a student of either, scores the seconds, and the mean is the clip's: of whole seconds, as
    the truth is read, or with the published `input_rate` of 16000 of what remains as well.
    """
    seconds = torch.split(levels, FRAMES_A_SECOND, dim=1)
    joined = setting.classifier == "PANN" and not model.student
    if not joined and _rate(setting) == SAMPLE_RATE:
        seconds = tuple(part for part in seconds if part.shape[1] == FRAMES_A_SECOND)
    if setting.transcoder == "mlp":  # its first layer takes whole seconds alone
        seconds = tuple(_stretched(part) for part in seconds)
    if joined:
        return model.teacher.scores(_joined([_mels(model, part) for part in seconds]))
    return torch.stack([_scores(model, part) for part in seconds]).mean(0)


def alike(first: Array, rows: int) -> Iterator[tuple[Array, Array]]:
    """Give batches of clips of one length, of about so many rows together.

    `first` (clips + 1,) are the rows where clips begin. Gives the indices of a batch (n,), and
    the places (n, length) of its rows.
    """
    lengths = np.diff(first)
    for length in np.unique(lengths):
        clips = np.flatnonzero(lengths == length)
        for batch in np.split(clips, range(0, len(clips), max(1, rows // length))[1:]):
            yield batch, first[batch, None] + np.arange(length)


def _rate(setting: Setting) -> int:
    """Give the rate, in Hz, that sound has where it is taken for sound at 32 kHz."""
    rate = setting.get("input_rate", SAMPLE_RATE)
    assert isinstance(rate, int), "the plan gives 32000 or 16000"
    return rate


def _mels(model: Model, levels: Tensor) -> Tensor:
    answer: Answer = model(levels, scores=False)
    assert answer.mels is not None, "only students have none"
    return answer.mels


def _scores(model: Model, levels: Tensor) -> Tensor:
    answer: Answer = model(levels, mels=False)
    assert answer.scores is not None, "they were asked for"
    return answer.scores


def _joined(mels: list[Tensor]) -> Tensor:
    """Join log-mels of seconds; a centred last frame is the first one of the next second."""
    return torch.cat([*(mel[:, :-1] for mel in mels[:-1]), mels[-1]], dim=1)


def _stretched(levels: Tensor) -> Tensor:
    return interpolate(levels.mT, FRAMES_A_SECOND, mode="linear").mT


def _check(clips: Record, lengths: Array, shortest: int) -> None:
    """Refuse clips that are too short to be read as the others are."""
    short = np.flatnonzero(lengths < shortest)
    if len(short):
        raise DataError(
            f"clip {clips['names'][short[0]]} has {lengths[short[0]]} frames of the "
            f"{shortest} that scoring takes ({len(short)} of {len(lengths)} clips are too short); "
            "leave out clips shorter than 1 s"
        )
