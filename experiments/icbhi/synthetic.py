"""A small corpus in the official layout of ICBHI 2017, made from a seed.

It stands in for the real one on a fresh machine: four classes, four devices, children and
adults, no patient in both parts. Age and sex change how a chest sounds, and the diagnosis which
sounds it makes, so that metadata say something of the sounds.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile

from core import Inputs, Output, Setting
from experiments.common.corpora import CORPUS
from experiments.common.synthesis import Progress
from experiments.icbhi.lung_sounds import Chest, Device, record

STETHOSCOPES = {
    "AKGC417L": Device(4_000, (60, 1_500), 0.05),
    "Meditron": Device(44_100, (50, 1_900), 0.02),
    "Litt3200": Device(4_000, (90, 900), 0.1),
    "LittC2SE": Device(10_000, (70, 1_200), 0.15),
}
# One patient each, in turn; AKGC417L is the most frequent, as in the real database.
DEVICE_CYCLE = ("AKGC417L", "Meditron", "Litt3200", "LittC2SE", "AKGC417L")
PLACES = ("Tc", "Al", "Ar", "Pl", "Pr", "Ll", "Lr")
TEST_TURNS = (1, 3)  # of every five turns through the diagnoses, two are in the test part


@dataclass(frozen=True)
class Diagnosis:
    """A disease: who has it, and the shares of normal, crackle, wheeze and both."""

    name: str
    child: bool
    shares: tuple[float, float, float, float]


DIAGNOSES = (
    Diagnosis("COPD", False, (0.40, 0.30, 0.15, 0.15)),
    Diagnosis("Healthy", True, (0.90, 0.04, 0.06, 0.00)),
    Diagnosis("Pneumonia", False, (0.45, 0.40, 0.05, 0.10)),
    Diagnosis("Bronchiolitis", True, (0.45, 0.10, 0.35, 0.10)),
    Diagnosis("Bronchiectasis", False, (0.40, 0.40, 0.10, 0.10)),
    Diagnosis("URTI", True, (0.70, 0.08, 0.20, 0.02)),
)


@dataclass(frozen=True)
class Person:
    """A patient of the corpus; age in years."""

    number: int
    age: float
    sex: str
    diagnosis: Diagnosis
    test: bool

    @property
    def chest(self) -> Chest:
        """Children breathe faster, and higher like women."""
        if self.diagnosis.child:
            return Chest(seconds=1.6 + 0.04 * self.age, pitch=1.6 - 0.025 * self.age)
        return Chest(seconds=2.6, pitch=1.2 if self.sex == "F" else 1.0)


def synthesise(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Write the synthetic corpus into the record's folder `corpus`."""
    write_corpus(output.folder / CORPUS, setting.corpus_seed, progress=output.progress)


def write_corpus(
    folder: Path,
    seed: int,
    *,
    patients: int = 30,
    recordings: int = 2,
    cycles: int = 10,
    progress: Progress = lambda done, total: None,
) -> None:
    """Write a corpus: recordings of each patient, cycles of each recording, and the text files.

    The same arguments give the same bytes. Six patients or more have every diagnosis, twelve or
    more have them in both parts.
    """
    folder.mkdir(parents=True)
    people = []
    split = []
    for i in range(patients):
        rng = np.random.default_rng([seed, i])
        person = _person(rng, i)
        people.append(person)
        device = DEVICE_CYCLE[i % len(DEVICE_CYCLE)]
        for index, place in enumerate(rng.choice(PLACES, recordings, replace=False), start=1):
            stem = f"{person.number}_1b{index}_{place}_sc_{device}"
            labels = rng.choice(4, cycles, p=person.diagnosis.shares).tolist()
            _write_recording(folder / stem, rng, person.chest, STETHOSCOPES[device], labels)
            split.append((stem, "test" if person.test else "train"))
        progress(i + 1, patients)
    _write_rows(folder / "ICBHI_challenge_train_test.txt", split, "\r\n")
    demographics = [_demographics(person) for person in people]
    _write_rows(folder / "ICBHI_Challenge_demographic_information.txt", demographics, "\r\n")
    diagnoses = [(str(person.number), person.diagnosis.name) for person in people]
    _write_rows(folder / "ICBHI_Challenge_diagnosis.txt", diagnoses, "\n")


def _person(rng: np.random.Generator, index: int) -> Person:
    turn, which = divmod(index, len(DIAGNOSES))
    diagnosis = DIAGNOSES[which]
    age = rng.integers(1, 17) if diagnosis.child else rng.integers(19, 90)
    sex = str(rng.choice(["M", "F"]))
    return Person(101 + index, float(age), sex, diagnosis, test=turn % 5 in TEST_TURNS)


def _write_recording(
    path: Path, rng: np.random.Generator, chest: Chest, device: Device, labels: Sequence[int]
) -> None:
    sound, edges = record(rng, chest, device, labels)
    soundfile.write(path.with_suffix(".wav"), sound, device.sample_rate, subtype="PCM_16")
    rows = [
        # Rounded down, so that no cycle ends after the file.
        [f"{math.floor(edge * 1e4) / 1e4:.4f}" for edge in span] + [str(label & 1), str(label >> 1)]
        for span, label in zip(pairwise(edges), labels, strict=True)
    ]
    _write_rows(path.with_suffix(".txt"), rows, "\n")


def _demographics(person: Person) -> list[str]:
    """Give patient, age, sex, and BMI of an adult or weight and height of a child."""
    number, age = str(person.number), person.age
    if person.diagnosis.child:
        return [number, f"{age:g}", person.sex, "NA", f"{8 + 2.5 * age:g}", f"{75 + 6 * age:g}"]
    return [number, f"{age:g}", person.sex, "27", "NA", "NA"]


def _write_rows(path: Path, rows: Iterable[Sequence[str]], newline: str) -> None:
    path.write_text("".join("\t".join(row) + "\n" for row in rows), newline=newline)
