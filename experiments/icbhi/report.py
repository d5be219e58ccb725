"""What a folder holds of the ICBHI 2017 database, against what the whole database holds."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import DataError
from experiments.icbhi.corpus import ADULT_FROM, Column, Corpus
from experiments.icbhi.metadata import CLASSES

# The whole database; two of the patients are in both parts. Cycles by device are not compared,
# as older copies name 91 recordings after another device.
WHOLE: Mapping[str, int] = {
    "recordings": 920,
    "patients": 126,
    "cycles": 6898,
    "train recordings": 539,
    "train patients": 79,
    "train cycles": 4142,
    "train normal": 2063,
    "train crackle": 1215,
    "train wheeze": 501,
    "train both": 363,
    "test recordings": 381,
    "test patients": 49,
    "test cycles": 2756,
    "test normal": 1579,
    "test crackle": 649,
    "test wheeze": 385,
    "test both": 143,
    "sc": 1969,
    "mc": 4929,
    "adult M": 4116,
    "adult F": 1994,
    "child F": 358,
    "child M": 430,
}


SHOWN = 8  # names in a remark


@dataclass(frozen=True)
class Report:
    """Counts of a corpus, and what a user should know of it.

    Attributes
    ----------
    counts:
        Recordings, patients, and cycles by part, class, device, mode, sex and age.
    leak:
        Patients with recordings in both parts: the official split is not patient-disjoint.
    imputed:
        Patients whose age or sex the demographics do not give.
    absent, other_device, without_audio:
        As in Corpus.
    """

    counts: Mapping[str, int]
    leak: tuple[int, ...]
    imputed: tuple[int, ...]
    absent: tuple[str, ...]
    other_device: tuple[str, ...]
    without_audio: tuple[str, ...]


def report(corpus: Corpus) -> Report:
    """Count what a corpus holds and list what is missing."""
    train, test = (_patients(corpus, part) for part in (False, True))
    missing = {
        r.name.patient for r in corpus.recordings if r.patient.age is None or r.patient.sex is None
    }
    return Report(
        counts=_counts(corpus),
        leak=tuple(sorted(train & test)),
        imputed=tuple(sorted(missing)),
        absent=corpus.absent,
        other_device=corpus.other_device,
        without_audio=corpus.without_audio,
    )


def remarks(found: Report) -> list[str]:
    """Say in words what a user should know of a corpus before trusting its figures."""
    told = {
        "patients in both the training and the test part (the split leaks)": found.leak,
        "patients whose age or sex is not given": found.imputed,
        "rows of the split file without a recording": found.absent,
        "rows of the split file that name another device": found.other_device,
        "annotations without a recording": found.without_audio,
    }
    return [
        f"{len(names)} {what}: {', '.join(map(str, names[:SHOWN]))}"
        + (", …" if len(names) > SHOWN else "")
        for what, names in told.items()
        if names
    ]


def check_whole(found: Report, folder: Path) -> None:
    """Raise DataError, listing each difference, unless the counts are the whole database's."""
    different = [
        f"{name} {found.counts.get(name, 0)} instead of {expected}"
        for name, expected in WHOLE.items()
        if found.counts.get(name, 0) != expected
    ]
    if different:
        raise DataError(
            f"{folder} does not hold the whole ICBHI database: {', '.join(different)}; "
            "a part of it is dataset=icbhi-subset"
        )


def _patients(corpus: Corpus, test: bool) -> set[int]:
    return {r.name.patient for r in corpus.recordings if r.test == test}


def _counts(corpus: Corpus) -> dict[str, int]:
    columns = corpus.columns
    parts = np.where(columns["test"], "test", "train")
    ages = np.where(columns["age"] >= ADULT_FROM, "adult", "child")
    per_cycle = [
        *(f"{part} cycles" for part in parts),
        *_pairs(parts, np.array(CLASSES)[columns["label"]]),
        *_pairs(parts, columns["device"]),
        *_pairs(ages, columns["sex"]),
        *columns["mode"].tolist(),
    ]
    train, test = (_patients(corpus, part) for part in (False, True))
    recordings = Counter(
        "test recordings" if r.test else "train recordings" for r in corpus.recordings
    )
    return {
        "recordings": len(corpus.recordings),
        "patients": len(train | test),
        "cycles": len(parts),
        "train patients": len(train),
        "test patients": len(test),
        **recordings,
        **Counter(per_cycle),
    }


def _pairs(first: Column, second: Column) -> Iterator[str]:
    return (f"{a} {b}" for a, b in zip(first, second, strict=True))
