"""The ICBHI 2017 database, or a part of it, as its official files have it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from core.errors import DataError
from experiments.common.problems import noted, refuse
from experiments.common.sound_files import opened, sounds_by_stem, visible_files
from experiments.icbhi.metadata import (
    Cycle,
    Name,
    Patient,
    join_key,
    parse_stem,
    read_annotation,
    read_demographics,
    read_split,
)

# Age and sex of patient 223 are the only ones missing. The published labels take the median age
# of the adults and the more frequent sex. All cycles of 223 are in the test part.
IMPUTED = {223: Patient(69.0, "M", imputed=True)}

# Offsets are written to 0.1 ms at best and recordings may be copies at another rate: in the
# real files an annotation ends up to 0.25 ms after the last sample. More is a truncated file.
SLACK = 0.01  # s

# Where the split and the demographics are, should a copy of the database lack them.
CHALLENGE = "https://bhichallenge.med.auth.gr"

Column: TypeAlias = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Recording:
    """One audio file and its annotation; `test` tells the part of the official split."""

    path: Path
    name: Name
    test: bool
    patient: Patient
    sample_rate: int
    frames: int
    cycles: tuple[Cycle, ...]

    @property
    def stem(self) -> str:
        """The file's name without extension."""
        return self.path.stem


@dataclass(frozen=True)
class Corpus:
    """Recordings sorted by stem, and columns with one value for each cycle.

    Cycles are ordered by recording, then as annotated, which is in time. Where features are
    normalised over a batch, this order decides who shares a batch, so it is part of a result.

    Attributes
    ----------
    without_demographics:
        There is no file that gives ages and sexes; they are not known.
    split_rows:
        Rows of the split file, of which the official one has one more than there are recordings.
    absent:
        Stems of the split file that no recording has.
    other_device:
        Stems of the split file that match a recording but for the device.
    without_audio:
        Stems of annotations that no recording has.
    """

    recordings: tuple[Recording, ...]
    without_demographics: bool = False
    split_rows: int = 0
    absent: tuple[str, ...] = ()
    other_device: tuple[str, ...] = ()
    without_audio: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> dict[str, Column]:
        """What is known of each cycle.

        Onset and offset are in seconds; label is an index of CLASSES; test tells the part of the
        official split. Age is in years, NaN where it is not known; sex is "M", "F" or empty.
        """
        names = [recording.name for recording in self.recordings]
        patients = [recording.patient for recording in self.recordings]
        per_recording = {
            "patient": np.array([name.patient for name in names], np.int16),
            "device": np.array([name.device for name in names]),
            "location": np.array([name.location for name in names]),
            "mode": np.array([name.mode for name in names]),
            "test": np.array([recording.test for recording in self.recordings]),
            "age": np.array([np.nan if p.age is None else p.age for p in patients]),
            "sex": np.array([p.sex or "" for p in patients]),
        }
        cycles = [cycle for recording in self.recordings for cycle in recording.cycles]
        index = np.repeat(np.arange(len(names)), [len(r.cycles) for r in self.recordings])
        return {
            "recording": index,
            "onset": np.array([cycle.onset for cycle in cycles]),
            "offset": np.array([cycle.offset for cycle in cycles]),
            "label": np.array([cycle.label for cycle in cycles], np.int8),
            **{name: values[index] for name, values in per_recording.items()},
        }


def load_corpus(folder: Path) -> Corpus:
    """Read everything but the sound from a folder in the official layout.

    Audio (`.wav` or `.flac`) and annotations lie beside each other in the folder or below it;
    the split and the demographics are text files with these words in their names. Without
    demographics no age and no sex is known.
    Raises DataError, which names the files, for whatever is missing or contradicts the rest.
    """
    corpus, problems = survey(folder)
    refuse(problems)
    return corpus


def survey(folder: Path) -> tuple[Corpus, list[str]]:
    """Read what `load_corpus` reads as far as it can be read, and tell the problems one by one.

    Raises DataError where there is no such folder, or no recording in it.
    """
    files = visible_files(folder, "the ICBHI recordings")
    paths = sounds_by_stem(folder, files)
    problems: list[str] = []
    tables = _read_tables(folder, files, problems)
    if problems:
        return Corpus((), tables.without_demographics), problems
    recordings = []
    for _, path in sorted(paths.items()):
        with noted(problems):
            recordings.append(_recording(path, tables))
    unmatched = sorted(set(tables.split) - set(paths))
    keys = {join_key(stem) for stem in paths}
    annotated = {p.stem for p in files if p.suffix == ".txt" and parse_stem(p.stem)}
    return Corpus(
        tuple(recordings),
        tables.without_demographics,
        split_rows=len(tables.split),
        absent=tuple(stem for stem in unmatched if join_key(stem) not in keys),
        other_device=tuple(stem for stem in unmatched if join_key(stem) in keys),
        without_audio=tuple(sorted(annotated - set(paths))),
    ), problems


@dataclass
class _Tables:
    """The split and the demographics, and the files they are from."""

    split_file: Path | None = None
    split: Mapping[str, bool] = field(default_factory=dict)
    demographics: Path | None = None
    without_demographics: bool = False
    patients: Mapping[int, Patient] = field(default_factory=dict)

    @cached_property
    def tests(self) -> dict[str, bool]:
        return {join_key(stem): test for stem, test in self.split.items()}

    def test(self, path: Path) -> bool:
        key = join_key(path.stem)
        if key not in self.tests:
            raise DataError(f"{path} is not in the split file {self.split_file}")
        return self.tests[key]

    def patient(self, path: Path, number: int) -> Patient:
        if self.without_demographics:
            return Patient()
        if number not in self.patients:
            raise DataError(f"patient {number} of {path} is not in {self.demographics}")
        patient = self.patients[number]
        return patient if patient.known else IMPUTED.get(number, patient)


def _read_tables(folder: Path, files: Sequence[Path], problems: list[str]) -> _Tables:
    tables = _Tables()
    with noted(problems):
        tables.split_file = _text_file(folder, files, "train_test", "split")
        if tables.split_file is None:
            raise DataError(
                f"{folder} has no text file with 'train_test' or 'split' in its name; the official "
                f"split, ICBHI_challenge_train_test.txt, is at {CHALLENGE}"
            )
        tables.split = read_split(tables.split_file)
    with noted(problems):
        tables.demographics = _text_file(folder, files, "demographic")
        if tables.demographics is None:
            tables.without_demographics = True
        else:
            tables.patients = read_demographics(tables.demographics)
    return tables


def _text_file(folder: Path, files: Sequence[Path], *words: str) -> Path | None:
    """Find the one file with one of the words in its name: copies rename these files."""
    for suffix in (".txt", ".csv"):
        texts = [p for p in files if p.suffix == suffix and parse_stem(p.stem) is None]
        named = [p for p in texts if any(word in p.name.lower() for word in words)]
        if len(named) > 1:
            wanted = "' or '".join(words)
            listed = ", ".join(map(str, named))
            raise DataError(f"{folder} has several text files named '{wanted}': {listed}; keep one")
        if named:
            return named[0]
    return None


def _name(path: Path) -> Name:
    name = parse_stem(path.stem)
    if name is None:
        raise DataError(f"{path} is not named like a recording, PATIENT_INDEX_PLACE_MODE_DEVICE")
    return name


def _recording(path: Path, tables: _Tables) -> Recording:
    name = _name(path)
    test = tables.test(path)
    patient = tables.patient(path, name.patient)
    annotation = path.with_suffix(".txt")
    if not annotation.is_file():
        raise DataError(f"{path} has no annotation; {annotation.name} should lie beside it")
    cycles = read_annotation(annotation)
    with opened(path) as header:
        rate, frames = header.samplerate, header.frames
    seconds = frames / rate
    end = max(cycle.offset for cycle in cycles)
    if end > seconds + SLACK:
        raise DataError(
            f"{path} holds {seconds:.3f} s but is annotated until {end:.3f} s; "
            f"it is cut short, or {annotation.name} is another recording's"
        )
    return Recording(path, name, test, patient, rate, frames, tuple(cycles))
