"""The text files of the ICBHI 2017 database: annotations, official split, demographics."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import DataError

# Class of a cycle is crackles + 2 * wheezes.
CLASSES = ("normal", "crackle", "wheeze", "both")
ADULT_FROM = 18.0  # years; the oldest child is 16, the youngest adult 19
DEVICES = ("AKGC417L", "LittC2SE", "Litt3200", "Meditron")

_STEM = re.compile(
    r"(?P<patient>\d{3})_(?P<index>\w+?)_(?P<location>Tc|Al|Ar|Pl|Pr|Ll|Lr)_(?P<mode>sc|mc)"
    rf"_(?P<device>{'|'.join(DEVICES)})"
)
# Columns of the demographics; the last three may be left out, as nothing here reads them.
DEMOGRAPHICS = ("patient", "age", "sex", "adult BMI", "child weight", "child height")
_MISSING = ("NA", "")
_DECIMAL_COMMA = re.compile(r"\d+,\d+")


@dataclass(frozen=True)
class Name:
    """What the stem of a recording's file says: `PPP_RRR_LL_MM_DEVICE`."""

    patient: int
    index: str
    location: str
    mode: str
    device: str


@dataclass(frozen=True)
class Cycle:
    """One annotated breathing cycle; onset and offset in seconds, label an index of CLASSES."""

    onset: float
    offset: float
    label: int


@dataclass(frozen=True)
class Patient:
    """Age in years and sex of a patient, None where they are not known.

    `imputed` tells that one of them is not in the demographics but was filled in.
    """

    age: float | None = None
    sex: str | None = None
    imputed: bool = False

    @property
    def known(self) -> bool:
        """Tell whether there are both an age and a sex."""
        return self.age is not None and self.sex is not None


def parse_stem(stem: str) -> Name | None:
    """Read a recording's stem; None where it is not one of the database."""
    match = _STEM.fullmatch(stem)
    if match is None:
        return None
    return Name(int(match["patient"]), match["index"], *match.group("location", "mode", "device"))


def join_key(stem: str) -> str:
    """Drop the device of a stem: older copies name 91 recordings with another device."""
    return stem.rpartition("_")[0]


def read_annotation(path: Path) -> list[Cycle]:
    """Read the cycles of one recording: onset, offset, crackles 0/1, wheezes 0/1 a line.

    Raises DataError on a malformed line and where there is no cycle.
    """
    cycles = []
    for where, cells in _rows(path):
        try:
            onset, offset = map(float, cells[:2])
            crackles, wheezes = (("0", "1").index(cell) for cell in cells[2:])
        except ValueError:
            raise DataError(
                f"{where}: {cells} is not a cycle; a line is: onset s, offset s, crackles 0/1, "
                "wheezes 0/1, separated by tabs"
            ) from None
        if not 0 <= onset < offset < math.inf:
            raise DataError(f"{where}: a cycle cannot last from {onset} to {offset} s")
        cycles.append(Cycle(onset, offset, crackles + 2 * wheezes))
    if not cycles:
        raise DataError(f"{path}: the annotation is empty; take the file from the database again")
    return cycles


def read_split(path: Path) -> dict[str, bool]:
    """Read the official split: for each stem, whether it is in the test part.

    Raises DataError on a malformed line and where one recording is put in both parts.
    """
    tests: dict[str, bool] = {}
    by_key: dict[str, bool] = {}
    for where, cells in _rows(path):
        if len(cells) != 2 or cells[1] not in ("train", "test"):
            raise DataError(f"{where}: {cells} is not a row of the split (stem, train or test)")
        test = cells[1] == "test"
        if by_key.setdefault(join_key(cells[0]), test) != test:
            raise DataError(f"{where}: {cells[0]} is in the train part and in the test part")
        tests[cells[0]] = test
    return tests


def read_demographics(path: Path) -> dict[int, Patient]:
    """Read age and sex of each patient.

    A row is: patient, age, sex, adult BMI, child weight, child height; NA or blank when missing.
    Copies separate them by tabs, blanks, commas or semicolons, and some have a line of titles.
    Raises DataError on a malformed line and where two lines contradict each other.
    """
    patients: dict[int, Patient] = {}
    for number, (where, cells) in enumerate(_rows(path)):
        if number == 0 and _titles(cells):
            continue
        patient, known = _demographics(where, cells)
        if patients.setdefault(patient, known) != known:
            raise DataError(f"{where}: patient {patient} has another age or sex further up")
    return patients


def _titles(cells: Sequence[str]) -> bool:
    """Tell whether a row names columns: one of them is the age, and none is a number."""
    words = re.findall("[a-z]+", " ".join(cells).lower())
    return "age" in words and not any(cell.isdigit() for cell in cells)


def _demographics(where: str, cells: Sequence[str]) -> tuple[int, Patient]:
    try:
        patient, age, sex = cells[:3]
        if any(cells[len(DEMOGRAPHICS) :]) or sex not in ("M", "F", *_MISSING):
            raise ValueError
        years = None if age in _MISSING else float(age)
        if years is not None and not 0 <= years < 130:
            raise ValueError
        return int(patient), Patient(years, None if sex in _MISSING else sex)
    except ValueError:
        raise DataError(
            f"{where}: {cells} is not a row of demographics: {', '.join(DEMOGRAPHICS)}; sex is M "
            "or F, decimals are written with a point, what is missing is NA or blank"
        ) from None


def _rows(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Give each non-blank line's place, for messages, and its cells."""
    try:
        # Some editors begin a file with a byte order mark, which utf-8-sig takes away.
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error}); copy it again") from error
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        cells = [cell.strip() for cell in _split(line)]
        for cell in cells:
            if _DECIMAL_COMMA.fullmatch(cell):
                raise DataError(
                    f"{where}: {cell!r} is written with a decimal comma; "
                    f"write {cell.replace(',', '.')!r}"
                )
        yield where, cells


def _split(line: str) -> list[str]:
    """Split a line at its separator; blank cells exist only between visible ones."""
    for separator in ("\t", ";"):
        if separator in line:
            return line.split(separator)
    words = line.split()
    commas = len(words) == 1 or any(word.endswith(",") for word in words)
    return line.split(",") if commas else words
