"""The challenge's form of answers: each caption and the names of the ten clips found for it."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np

from core.errors import DataError, UnknownName
from experiments.common.tables import read_table
from experiments.retrieval.metrics import measure
from experiments.retrieval.relevance import Array, relevance

Found = TypeVar("Found")

DEPTH = 10
HEADER = ("caption", *(f"file_name_{rank}" for rank in range(1, DEPTH + 1)))


class Answer(NamedTuple):
    """A caption, and the names of the clips found for it, best first."""

    caption: str
    fnames: tuple[str, ...]


def write_submission(path: Path, answers: Sequence[Answer]) -> None:
    """Write answers of ten names each; what `read_submission` reads is what was written."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)  # with \r\n at the end of lines, which lets it quote both in a cell
        rows.writerow(HEADER)
        rows.writerows([answer.caption, *answer.fnames] for answer in answers)


def read_submission(path: Path) -> list[Answer]:
    """Read answers; raises DataError where the file is damaged or an answer repeats a name."""
    rows = read_table(path, HEADER)
    answers = [Answer(caption, tuple(fnames)) for _, (caption, *fnames) in rows]
    for (where, _), answer in zip(rows, answers, strict=True):
        if len({*answer.fnames}) < DEPTH:
            raise DataError(f"{where}: a file name occurs twice; each clip has one rank")
    return answers


def score(answers: Sequence[Answer], truth: Sequence[tuple[str, str]]) -> dict[str, Array]:
    """Score answers, `ap10`, `r1`, `r5`, `r10`, (answers,); see `metrics.measure`.

    `truth` has pairs of a caption and the name of a clip that it describes, the clips in it being
    all that could be found. Raises UnknownName for a caption or a name that is not in it.
    """
    names = dict.fromkeys(fname for _, fname in truth)
    place = {fname: index for index, fname in enumerate(names)}
    described: dict[str, list[int]] = {}
    for caption, fname in truth:
        described.setdefault(caption, []).append(place[fname])
    top = [[_find("clip", fname, place) for fname in answer.fnames] for answer in answers]
    clips = [_find("caption", answer.caption, described) for answer in answers]
    query = np.repeat(np.arange(len(answers)), [*map(len, clips)])
    relevant = relevance(query, np.concatenate(clips), len(answers), len(place))
    return measure(np.array(top), relevant)


def _find(kind: str, name: str, known: Mapping[str, Found]) -> Found:
    if name not in known:
        raise UnknownName(f"{kind} of an answer", name, known)
    return known[name]
