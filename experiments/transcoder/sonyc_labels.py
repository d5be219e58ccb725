"""What is heard in the recordings of SONYC-UST v2, agreed on by its annotators."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np

from core.errors import DataError
from experiments.common.tables import Row, read_table
from experiments.transcoder.clips import Array

TABLE = "annotations.csv"
CLASSES = (
    *("engine", "machinery-impact", "non-machinery-impact", "powered-saw"),
    *("alert-signal", "music", "human-voice", "dog"),
)
PARTS = ("train", "validate", "test")
COLUMNS = (
    *("split", "audio_filename", "annotator_id"),
    *(f"{number}_{name}_presence" for number, name in enumerate(CLASSES, start=1)),
)
AGREED = "0"  # the annotator whose rows are what the corpus's authors agreed on
HEARD, UNKNOWN = 1, -1  # answers; UNKNOWN is that of an annotator who cannot tell
_ANSWERS = {"-1", "0", "1", "-1.0", "0.0", "1.0"}

Unlabelled: TypeAlias = Literal["absent", "present"]


@dataclass(frozen=True, eq=False)
class Annotations:
    """The annotations of the eight coarse classes, by recording in the order of the table.

    Attributes
    ----------
    stems:
        Names of the recordings without ending.
    parts:
        (recordings,) text, one of PARTS each.
    shares:
        (recordings, classes) which share of the annotators who can tell hear a class; NaN where
        nobody can tell.
    counted:
        (recordings,) how many annotators count: the agreed one alone in the test part, all of
        them elsewhere.
    """

    stems: tuple[str, ...]
    parts: Array
    shares: Array
    counted: Array


def read_annotations(table: Path) -> Annotations:
    """Read the table of annotations.

    Raises DataError on a missing column, an unknown part or answer, and where one recording is in
    two parts.
    """
    rows = read_table(table, COLUMNS)
    parts: dict[str, str] = {}
    for where, (part, filename, *_) in rows:
        if part not in PARTS or parts.setdefault(filename, part) != part:
            raise DataError(
                f"{where}: {filename} in part {part!r}; the parts are {', '.join(PARTS)}, "
                "and a recording is in one of them"
            )
    number = {filename: i for i, filename in enumerate(parts)}
    recording = np.array([number[filename] for _, (_, filename, *_) in rows])
    counts = np.array([part != "test" or who == AGREED for _, (part, _, who, *_) in rows])
    told, heard = (np.zeros((len(parts), len(CLASSES))) for _ in range(2))
    answers = _answers(rows)
    np.add.at(told, recording[counts], answers[counts] != UNKNOWN)
    np.add.at(heard, recording[counts], answers[counts] == HEARD)
    return Annotations(
        tuple(Path(filename).stem for filename in parts),
        np.array(list(parts.values())),
        np.divide(heard, told, out=np.full_like(heard, np.nan), where=told > 0),
        np.bincount(recording[counts], minlength=len(parts)),
    )


def agree(annotations: Annotations, unlabelled: Unlabelled) -> Array:
    """Decide what is heard: 1 where half of those who can tell say so, 0 elsewhere; float32.

    A class of which nobody can tell is `absent`, or `present` as in the published code, where
    not-a-number became 1.
    """
    heard = annotations.shares >= 0.5
    if unlabelled == "present":
        heard |= np.isnan(annotations.shares)
    return heard.astype(np.float32)


def _answers(rows: Sequence[tuple[str, Row]]) -> Array:
    """Give (rows, classes) 1 for heard, 0 for not heard, UNKNOWN for cannot tell."""
    for where, (_, filename, _, *cells) in rows:
        if not _ANSWERS.issuperset(cells):
            raise DataError(f"{where}: {filename} is answered by {cells}; answers are -1, 0 and 1")
    return np.array([cells[3:] for _, cells in rows], float)
