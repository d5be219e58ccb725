"""UrbanSound8K, or a part of it: clips of one class each, in ten folds.

`metadata/UrbanSound8K.csv` lists them, `audio/fold1` to `fold10` hold them. Clips shorter than one
second, by their sound and not by the table, are left out: a third-octave transcoder sees seconds.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core import Finding
from core.errors import DataError
from experiments.common.corpora import Clip, Survey, judge, measured, read_clips, surveying
from experiments.common.problems import check_known, noted
from experiments.common.sound_files import sounds_by_stem, visible_files
from experiments.common.tables import find_table, read_table
from experiments.common.zenodo import ZenodoCorpus, ZenodoRecord
from experiments.transcoder.clips import Target

RECORD = ZenodoRecord(1203745, "URBAN-SOUND-8K")

CLASSES = (
    *("air_conditioner", "car_horn", "children_playing", "dog_bark", "drilling"),
    *("engine_idling", "gun_shot", "jackhammer", "siren", "street_music"),
)
FOLDS = tuple(map(str, range(1, 11)))
SHORTEST = 1.0  # s

TABLE = "UrbanSound8K.csv"
COLUMNS = ("slice_file_name", "start", "end", "fold", "classID", "class")

# Of the official table; folds and classes are of its rows of 1 s or more.
_BY_FOLD = (829, 820, 885, 946, 884, 775, 802, 752, 780, 803)
_BY_CLASS = (1000, 296, 1000, 865, 945, 996, 281, 978, 915, 1000)
OFFICIAL = {
    "rows": 8732,
    "rows of 1 s or more": 8276,
    **{f"fold {fold}": count for fold, count in zip(FOLDS, _BY_FOLD, strict=True)},
    **dict(zip(CLASSES, _BY_CLASS, strict=True)),
}


@dataclass(frozen=True)
class Row:
    """One row of the table; `seconds` is from its start to its end."""

    stem: str
    seconds: float
    fold: str
    label: str


@surveying
def _survey(folder: Path, part: bool) -> Survey[Target]:
    files = visible_files(folder, "UrbanSound8K")
    sounds = sounds_by_stem(folder, files)
    table = find_table(folder, files, TABLE)
    if table is None:
        raise DataError(f"{folder} lacks {TABLE}, the table that says which clip is what")
    rows, problems = _rows(table)
    listed = [row.stem for row in rows]
    clips = read_clips(listed, sounds, measured, problems)
    kept = [row for row in rows if row.stem in clips and clips[row.stem].seconds >= SHORTEST]
    findings = list(_findings(rows, len(clips), len(kept), part))
    return judge(_target(kept, clips), findings, problems, listed, sounds, part)


def _rows(table: Path) -> tuple[list[Row], list[str]]:
    """Read the rows that can be read, and what is wrong with the others."""
    rows: list[Row] = []
    problems: list[str] = []
    for where, cells in read_table(table, COLUMNS):
        with noted(problems):
            rows.append(_row(where, cells))
    return rows, problems


def _row(where: str, cells: Sequence[str]) -> Row:
    filename, start, end, fold, number, label = cells
    check_known(where, "class", label, CLASSES)
    if number != str(CLASSES.index(label)) or fold not in FOLDS:
        raise DataError(
            f"{where}: classID {number} of {label}, or fold {fold}, is not an official one"
        )
    try:
        return Row(Path(filename).stem, float(end) - float(start), fold, label)
    except ValueError:
        raise DataError(f"{where}: {start!r} to {end!r} are not seconds") from None


def _target(rows: Sequence[Row], clips: dict[str, Clip]) -> Target:
    labels = np.array([CLASSES.index(row.label) for row in rows], int)
    return Target(
        tuple(clips[row.stem] for row in rows),
        np.eye(len(CLASSES), dtype=np.float32)[labels],
        np.array([row.fold for row in rows]),
        CLASSES,
    )


def _findings(rows: Sequence[Row], sounds: int, kept: int, part: bool) -> Iterator[Finding]:
    """Count the table, which is the same in every copy, and the sounds, whose lengths are not."""
    long = [row for row in rows if row.seconds >= SHORTEST]
    found = {
        "rows": len(rows),
        "rows of 1 s or more": len(long),
        **Counter(f"fold {row.fold}" for row in long),
        **Counter(row.label for row in long),
    }
    for what, official in OFFICIAL.items():
        if not part or what in found:
            yield Finding(what, found.get(what, 0), None if part else official)
    yield Finding("sounds", sounds)
    yield Finding("sounds of 1 s or more", kept)


CORPUS = ZenodoCorpus(RECORD, _survey)
load, fetch = CORPUS.load, RECORD.fetch
inspect_whole, inspect_part = CORPUS.inspect_whole, CORPUS.inspect_part
