"""The ICBHI 2017 database, or a part of it, as its official files have it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import soundfile

from core.errors import DataError, suggest
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
IMPUTED = Patient(69.0, "M")
ADULT_FROM = 18.0  # years; the oldest child is 16, the youngest adult 19

# Offsets are written to 0.1 ms at best and recordings may be copies at another rate: in the
# real files an annotation ends up to 0.25 ms after the last sample. More is a truncated file.
SLACK = 0.01  # s

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
    absent:
        Stems of the split file that no recording has.
    other_device:
        Stems of the split file that match a recording but for the device.
    without_audio:
        Stems of annotations that no recording has.
    """

    recordings: tuple[Recording, ...]
    absent: tuple[str, ...] = ()
    other_device: tuple[str, ...] = ()
    without_audio: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> dict[str, Column]:
        """What is known of each cycle, missing age and sex imputed.

        Onset and offset are in seconds, age in years; label is an index of CLASSES; test tells
        the part of the official split.
        """
        names = [recording.name for recording in self.recordings]
        patients = [recording.patient for recording in self.recordings]
        per_recording = {
            "patient": np.array([name.patient for name in names], np.int16),
            "device": np.array([name.device for name in names]),
            "location": np.array([name.location for name in names]),
            "mode": np.array([name.mode for name in names]),
            "test": np.array([recording.test for recording in self.recordings]),
            "age": np.array([IMPUTED.age if p.age is None else p.age for p in patients]),
            "sex": np.array([p.sex or IMPUTED.sex for p in patients]),
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
    the split and the demographics are text files with these words in their names.
    Raises DataError, which names the file, for whatever is missing or contradicts the rest.
    """
    if not folder.is_dir():
        raise DataError(f"there is no folder {folder}; give the one with the ICBHI recordings")
    files = [p for p in sorted(folder.rglob("*")) if not p.name.startswith(".")]
    paths = _audio_files(folder, files)
    split_file = _text_file(folder, files, "train_test", "split")
    demographics_file = _text_file(folder, files, "demographic")
    split = read_split(split_file)
    patients = read_demographics(demographics_file)
    by_key = {join_key(stem): test for stem, test in split.items()}
    recordings = []
    for stem, path in sorted(paths.items()):
        name = _name(path)
        if join_key(stem) not in by_key:
            raise DataError(f"{path} is not in the split file {split_file}")
        if name.patient not in patients:
            raise DataError(f"patient {name.patient} of {path} is not in {demographics_file}")
        recordings.append(_recording(path, name, by_key[join_key(stem)], patients[name.patient]))
    keys = {join_key(stem) for stem in paths}
    unmatched = sorted(set(split) - set(paths))
    annotated = {p.stem for p in files if p.suffix == ".txt" and parse_stem(p.stem)}
    return Corpus(
        tuple(recordings),
        absent=tuple(stem for stem in unmatched if join_key(stem) not in keys),
        other_device=tuple(stem for stem in unmatched if join_key(stem) in keys),
        without_audio=tuple(sorted(annotated - set(paths))),
    )


def _audio_files(folder: Path, files: Iterable[Path]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in files:
        if path.suffix.lower() in (".wav", ".flac"):
            if path.stem in found:
                raise DataError(f"{path} and {found[path.stem]} are the same recording; keep one")
            found[path.stem] = path
    if not found:
        raise DataError(f"there is no .wav or .flac recording in {folder} or below it")
    return found


def _text_file(folder: Path, files: Iterable[Path], *words: str) -> Path:
    """Find the one text file with one of the words in its name: copies rename these files."""
    texts = [p for p in files if p.suffix == ".txt" and parse_stem(p.stem) is None]
    named = [p for p in texts if any(word in p.name.lower() for word in words)]
    if len(named) == 1:
        return named[0]
    wanted = "' or '".join(words)
    if named:
        listed = ", ".join(map(str, named))
        raise DataError(f"{folder} has several text files named '{wanted}': {listed}; keep one")
    hint = suggest(words[0], [p.name for p in texts])
    raise DataError(f"{folder} has no text file with '{wanted}' in its name; {hint}")


def _name(path: Path) -> Name:
    name = parse_stem(path.stem)
    if name is None:
        raise DataError(f"{path} is not named like a recording, PATIENT_INDEX_PLACE_MODE_DEVICE")
    return name


def _recording(path: Path, name: Name, test: bool, patient: Patient) -> Recording:
    annotation = path.with_suffix(".txt")
    if not annotation.is_file():
        raise DataError(f"{path} has no annotation; {annotation.name} should lie beside it")
    cycles = read_annotation(annotation)
    try:
        header = soundfile.info(path)
    except soundfile.LibsndfileError as error:
        raise DataError(f"{path} cannot be read ({error}); copy it again") from error
    seconds = header.frames / header.samplerate
    end = max(cycle.offset for cycle in cycles)
    if end > seconds + SLACK:
        raise DataError(
            f"{path} holds {seconds:.3f} s but is annotated until {end:.3f} s; "
            f"it is cut short, or {annotation.name} is another recording's"
        )
    return Recording(path, name, test, patient, header.samplerate, header.frames, tuple(cycles))
