"""FSDKaggle2018, its training sounds, or a part of them: what the events of the mixtures are.

The table says which sound is what (`experiments.sed.metadata`); the sounds lie anywhere below the
folder. Only verified ones are mixed, but folds are drawn over all rows of the table, so that a
part must come with the whole table to have the published ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core import Finding, Inspection
from core.dataset import StepProgress
from core.errors import DataError
from experiments.common.corpora import Clip, Survey, judge
from experiments.common.problems import noted
from experiments.common.sound_files import seconds_of, sounds_by_stem, visible_files
from experiments.common.zenodo import ZENODO, ZenodoRecord, fetch_record
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


def load(folder: Path, part: bool = False) -> Sounds:
    """Read the sounds of a folder in the order of the table.

    Raises DataError, which names the files, for whatever is damaged, unknown or, in the whole
    corpus, missing.
    """
    return _survey(folder, part).sound("" if part else RECORD.way_on)


def inspect_whole(folder: Path) -> Inspection:
    """Compare a folder with the whole corpus."""
    return _survey(folder, part=False).inspection


def inspect_part(folder: Path) -> Inspection:
    """Count what is there of the corpus; nothing particular is expected."""
    return _survey(folder, part=True).inspection


def fetch(folder: Path, progress: StepProgress, server: str = ZENODO) -> None:
    """Download the whole corpus from Zenodo, archives unpacked."""
    fetch_record(RECORD, folder, progress, server)


def _survey(folder: Path, part: bool) -> Survey[Sounds]:
    try:
        files = visible_files(folder, "FSDKaggle2018")
        sounds = sounds_by_stem(folder, files)
        labels = read_labels(find_labels(folder, files))
    except DataError as error:
        return Survey(None, Inspection(problems=[str(error)]))
    stems = [Path(name).stem for name in labels.fname]
    problems: list[str] = []
    clips: dict[str, Clip] = {}
    for stem in stems:
        if stem in sounds:
            with noted(problems):
                clips[stem] = Clip(sounds[stem], seconds_of(sounds[stem]))
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
