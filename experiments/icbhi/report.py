"""What a folder holds of the ICBHI 2017 database: counts, and what a user should know of it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from experiments.common.problems import some
from experiments.icbhi.corpus import CHALLENGE, Column, Corpus
from experiments.icbhi.metadata import ADULT_FROM, CLASSES

LONG = 8.0  # seconds to which the published code cuts a cycle
UNKNOWN = "unknown age or sex"
NO_DEMOGRAPHICS = (
    "no text file has 'demographic' in its name: age and sex of all patients are unknown; the "
    f"official one, ICBHI_Challenge_demographic_information.txt, is at {CHALLENGE}"
)


@dataclass(frozen=True)
class Report:
    """Counts of a corpus, and what a user should know of it.

    Attributes
    ----------
    counts:
        Recordings, patients, and cycles by part, class, device, mode, sex and age.
    durations:
        Of the annotated cycles: hours of each part, rounded to 0.01; shortest and longest cycle
        in seconds, rounded to 0.001; the mean, rounded to 0.01.
    leak:
        Patients with recordings in both parts: the official split is not patient-disjoint.
    imputed:
        Patients whose age and sex were filled in as for the published labels.
    unknown:
        Patients whose age or sex is not known.
    absent, other_device, without_audio, without_demographics:
        As in Corpus.
    """

    counts: Mapping[str, int]
    durations: Mapping[str, float] = field(default_factory=dict)
    leak: tuple[int, ...] = ()
    imputed: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()
    absent: tuple[str, ...] = ()
    other_device: tuple[str, ...] = ()
    without_audio: tuple[str, ...] = ()
    without_demographics: bool = False


def report(corpus: Corpus) -> Report:
    """Count what a corpus holds and list what is missing."""
    train, test = (_patients(corpus, part) for part in (False, True))
    patients = {r.name.patient: r.patient for r in corpus.recordings}
    return Report(
        counts=_counts(corpus),
        durations=_durations(corpus),
        leak=tuple(sorted(train & test)),
        imputed=tuple(sorted(n for n, p in patients.items() if p.imputed)),
        unknown=tuple(sorted(n for n, p in patients.items() if not p.known)),
        absent=corpus.absent,
        other_device=corpus.other_device,
        without_audio=corpus.without_audio,
        without_demographics=corpus.without_demographics,
    )


def remarks(found: Report) -> list[str]:
    """Say in words what a user should know of a corpus before trusting its figures."""
    told = {
        "patients in both the training and the test part (the split leaks)": found.leak,
        "patients whose age and sex are imputed as published": found.imputed,
        "patients whose age or sex is not known (no label can be made of it)": found.unknown,
        "rows of the split file without a recording": found.absent,
        "rows of the split file that name another device": found.other_device,
        "annotations without a recording": found.without_audio,
    }
    listed = [f"{what}: {some(names)}" for what, names in told.items() if names]
    return [*([NO_DEMOGRAPHICS] if found.without_demographics else []), *listed]


def _patients(corpus: Corpus, test: bool) -> set[int]:
    return {r.name.patient for r in corpus.recordings if r.test == test}


def _counts(corpus: Corpus) -> dict[str, int]:
    columns = corpus.columns
    parts = np.where(columns["test"], "test", "train")
    per_cycle = [
        *(f"{part} cycles" for part in parts),
        *_pairs(parts, np.array(CLASSES)[columns["label"]]),
        *_pairs(parts, columns["device"]),
        *_people(columns["age"], columns["sex"]),
        *columns["mode"].tolist(),
    ]
    train, test = (_patients(corpus, part) for part in (False, True))
    recordings = Counter(
        "test recordings" if r.test else "train recordings" for r in corpus.recordings
    )
    rates = Counter(f"recordings at {r.sample_rate} Hz" for r in corpus.recordings)
    return {
        "recordings": len(corpus.recordings),
        "patients": len(train | test),
        "cycles": len(parts),
        "train patients": len(train),
        "test patients": len(test),
        **recordings,
        **Counter(per_cycle),
        f"cycles of {LONG:g} s or more": int(np.sum(_seconds(columns) >= LONG)),
        "rows of the split": corpus.split_rows,
        **rates,
    }


def _durations(corpus: Corpus) -> dict[str, float]:
    columns = corpus.columns
    seconds = _seconds(columns)
    return {
        "train hours": round(float(seconds[~columns["test"]].sum()) / 3600, 2),
        "test hours": round(float(seconds[columns["test"]].sum()) / 3600, 2),
        "shortest cycle (s)": round(float(seconds.min()), 3),
        "longest cycle (s)": round(float(seconds.max()), 3),
        "mean cycle (s)": round(float(seconds.mean()), 2),
    }


def _seconds(columns: Mapping[str, Column]) -> Column:
    return columns["offset"] - columns["onset"]


def _people(age: Column, sex: Column) -> Iterator[str]:
    """Say of each cycle whether it is an adult's or a child's, and of which sex."""
    groups = np.where(age >= ADULT_FROM, "adult", "child")
    known = ~np.isnan(age) & (sex != "")
    return (pair if ok else UNKNOWN for pair, ok in zip(_pairs(groups, sex), known, strict=True))


def _pairs(first: Column, second: Column) -> Iterator[str]:
    return (f"{a} {b}" for a, b in zip(first, second, strict=True))
