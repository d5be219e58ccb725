"""FSDKaggle2018, its training sounds, or a part of them: what the events of the mixtures are.

The table says which sound is what (`experiments.sed.metadata`); the sounds lie anywhere below the
folder. Only verified ones are mixed, but folds are drawn over all rows of the table, so that a
part must come with the whole table to have the published ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core import Finding
from experiments.common.corpora import Clip, Survey, judge, measured, read_clips, surveying
from experiments.common.sound_files import sounds_by_stem, visible_files
from experiments.common.zenodo import ZenodoCorpus, ZenodoRecord
from experiments.sed.classes import CLASSES
from experiments.sed.metadata import Labels, find_labels, read_labels

RECORD = ZenodoRecord(2552860, "fsdkaggle2018")
# Fonseca et al., DCASE 2018 (arXiv 1807.09902), table 1
SOUNDS, VERIFIED = 9473, 3710


@dataclass(frozen=True, eq=False)
class Sounds:
    """The rows of the table, and the clip of each; None where a part does not have it."""

    labels: Labels
    clips: tuple[Clip | None, ...]


@surveying
def _survey(folder: Path, part: bool) -> Survey[Sounds]:
    files = visible_files(folder, "FSDKaggle2018")
    sounds = sounds_by_stem(folder, files)
    labels = read_labels(find_labels(folder, files))
    stems = [Path(name).stem for name in labels.fname]
    problems: list[str] = []
    clips = read_clips(stems, sounds, measured, problems)
    found = Sounds(labels, tuple(map(clips.get, stems)))
    return judge(found, list(_findings(found, part)), problems, stems, sounds, part)


def _findings(found: Sounds, part: bool) -> Iterator[Finding]:
    """Count the table, and the sounds that can be mixed."""
    labels = found.labels
    yield Finding("rows", len(labels.fname), None if part else SOUNDS)
    yield Finding("verified", int(labels.verified.sum()), None if part else VERIFIED)
    yield Finding("classes", len(np.unique(labels.label)), None if part else len(CLASSES))
    there = np.array([clip is not None for clip in found.clips])
    yield Finding("sounds", int(there.sum()))
    mixed = labels.label[labels.verified & there]
    yield Finding("sounds to mix", len(mixed))
    for name, count in zip(CLASSES, np.bincount(mixed, minlength=len(CLASSES)), strict=True):
        if count:
            yield Finding(name, int(count))


CORPUS = ZenodoCorpus(RECORD, _survey)
load, fetch = CORPUS.load, RECORD.fetch
inspect_whole, inspect_part = CORPUS.inspect_whole, CORPUS.inspect_part
