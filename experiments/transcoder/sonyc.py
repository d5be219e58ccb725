"""SONYC-UST v2, or a part of it: recordings of 10 s in New York with several classes each.

`annotations.csv` has a row for each annotator of each recording; the sounds lie below the folder.
"""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from core import Finding
from core.errors import DataError
from experiments.common.corpora import Clip, Survey, judge, measured, read_clips, surveying
from experiments.common.problems import some
from experiments.common.sound_files import sounds_by_stem, visible_files
from experiments.common.tables import find_table
from experiments.common.zenodo import ZenodoCorpus, ZenodoRecord
from experiments.transcoder.clips import Target
from experiments.transcoder.sonyc_labels import (
    CLASSES,
    PARTS,
    TABLE,
    Annotations,
    Unlabelled,
    agree,
    read_annotations,
)

RECORD = ZenodoRecord(3966543, "SONYC-UST")
RECORDINGS = 18510  # Cartwright et al., DCASE 2020, abstract


def load(folder: Path, part: bool = False, unlabelled: Unlabelled = "absent") -> Target:
    """Read the recordings that have labels, in the order of the table.

    Of a part, what the table lists and is not there is passed over. `unlabelled` is what a class
    becomes of which no annotator of a recording says anything; see `agree`.
    Raises DataError, which names the files, for whatever is damaged, unknown or missing.
    """
    survey = partial(_survey, unlabelled=unlabelled)
    return ZenodoCorpus(RECORD, survey).load(folder, part)


@surveying
def _survey(folder: Path, part: bool, unlabelled: Unlabelled = "absent") -> Survey[Target]:
    files = visible_files(folder, "SONYC-UST")
    sounds = sounds_by_stem(folder, files)
    table = find_table(folder, files, TABLE)
    if table is None:
        raise DataError(f"{folder} lacks {TABLE}, the table that says what is heard when")
    annotations = read_annotations(table)
    problems: list[str] = []
    clips = read_clips(annotations.stems, sounds, measured, problems)
    target = _target(annotations, clips, unlabelled)
    findings = list(_findings(annotations, target, part))
    remarks = _remarks(annotations)
    return judge(target, findings, problems, annotations.stems, sounds, part, remarks)


def _target(annotations: Annotations, clips: dict[str, Clip], unlabelled: Unlabelled) -> Target:
    """Keep what has a sound and an annotator who counts."""
    counted = annotations.counted > 0
    kept = [i for i, stem in enumerate(annotations.stems) if counted[i] and stem in clips]
    return Target(
        tuple(clips[annotations.stems[i]] for i in kept),
        agree(annotations, unlabelled)[kept],
        annotations.parts[kept],
        CLASSES,
    )


def _findings(annotations: Annotations, target: Target, part: bool) -> Iterator[Finding]:
    yield Finding("recordings", len(annotations.stems), None if part else RECORDINGS)
    yield Finding("recordings with a sound and labels", len(target.clips))
    of_part = Counter(target.folds.tolist())
    yield from (Finding(name, of_part[name]) for name in PARTS)
    heard = target.labels.sum(axis=0, dtype=int).tolist()
    yield from (Finding(name, count) for name, count in zip(CLASSES, heard, strict=True))


def _remarks(annotations: Annotations) -> list[str]:
    """Say which recordings are left out, and how often nobody could tell."""
    silent = int(np.isnan(annotations.shares[annotations.counted > 0]).sum())
    pairs = zip(annotations.stems, annotations.counted, strict=True)
    left_out = [stem for stem, counted in pairs if not counted]
    told = {
        "of the test part, left out without agreed annotation": some(left_out),
        "times that no annotator can tell whether a class is heard": silent,
    }
    return [f"{what}: {found}" for what, found in told.items() if found]


CORPUS = ZenodoCorpus(RECORD, _survey)
fetch = RECORD.fetch
inspect_whole, inspect_part = CORPUS.inspect_whole, CORPUS.inspect_part
