"""Tells whether a folder is the whole ICBHI 2017 database, or what part of it is there."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from core import Finding, Inspection
from core.dataset import Value
from core.errors import DataError
from experiments.icbhi.corpus import survey
from experiments.icbhi.report import NO_DEMOGRAPHICS, Report, remarks, report

# What every copy of the whole database holds; two of the patients are in both parts.
WHOLE: Mapping[str, Value] = {
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
    "patients in both parts": "156, 218",
    "shortest cycle (s)": 0.2,
    "longest cycle (s)": 16.163,
    "cycles of 8 s or more": 15,
}
# What may differ without a cycle being another one: older copies name 91 recordings after
# another device, some have repaired the split or the demographics, and hours are rounded.
USUAL: Mapping[str, Value] = {
    "train AKGC417L": 2510,
    "train Meditron": 997,
    "train LittC2SE": 594,
    "train Litt3200": 41,
    "test AKGC417L": 1836,
    "test Meditron": 459,
    "test LittC2SE": 0,
    "test Litt3200": 461,
    "rows of the split": 921,
    "patients with imputed age and sex": "223",
    "train hours": 3.15,
    "test hours": 2.03,
    "mean cycle (s)": 2.7,
}
EXPECTED = {**WHOLE, **USUAL}


def inspect_whole(folder: Path) -> Inspection:
    """Compare a folder with the whole database, count by count."""
    return _inspect(folder, whole=True)


def inspect_part(folder: Path) -> Inspection:
    """Count what is there of the database; nothing particular is expected."""
    return _inspect(folder, whole=False)


def compare(found: Report) -> Inspection:
    """Compare a report with the whole database's; each difference is a problem."""
    values = dict.fromkeys(EXPECTED, 0) | _values(found)
    findings = [Finding(what, value, EXPECTED.get(what)) for what, value in values.items()]
    told = {f.what: f"{f.what} {f.found} instead of {f.expected}" for f in findings if f.differs}
    lacking = [NO_DEMOGRAPHICS] if found.without_demographics else []
    unusual = ", ".join(told[what] for what in USUAL if what in told)
    known = [remark for remark in remarks(found) if remark not in lacking]
    return Inspection(
        findings,
        remarks=[*known, f"unlike the official copy: {unusual}"] if unusual else known,
        problems=[*lacking, *(told[what] for what in WHOLE if what in told)],
    )


def describe(found: Report) -> Inspection:
    """Give a report's values with nothing to compare them to."""
    values = _values(found)
    listed = [what for what in EXPECTED if what in values]
    listed += [what for what in values if what not in EXPECTED]
    return Inspection([Finding(what, values[what]) for what in listed], remarks(found))


def _inspect(folder: Path, whole: bool) -> Inspection:
    try:
        corpus, problems = survey(folder)
    except DataError as error:
        return Inspection(problems=[str(error)])
    if not corpus.recordings:
        lacking = [NO_DEMOGRAPHICS] if whole and corpus.without_demographics else []
        return Inspection(problems=[*problems, *lacking])
    found = report(corpus)
    judged = compare(found) if whole else describe(found)
    return replace(judged, problems=[*problems, *judged.problems])


def _values(found: Report) -> dict[str, Value]:
    return {
        **found.counts,
        "patients in both parts": _listed(found.leak),
        "patients with imputed age and sex": _listed(found.imputed),
        **found.durations,
    }


def _listed(patients: tuple[int, ...]) -> str:
    return ", ".join(map(str, patients)) or "none"
