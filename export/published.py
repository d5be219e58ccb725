"""Published rows: a paper's table as data, read from `plans/published/*.csv`."""

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import DataError, suggest

START = ("row", "citation")
END = ("definition", "selection", "comparable", "note")
STD = "_std"


@dataclass(frozen=True)
class PublishedRow:
    """One row of a paper's table.

    Parameters
    ----------
    name, citation:
        What the paper calls the row, and where it is printed.
    factors:
        The factors of ours that describe it, as text; one that is not stated is left out.
    figures:
        Mean and standard deviation of each metric as printed; no deviation is "".
    n:
        Number of runs, where it is stated.
    definition, selection:
        How the metrics were defined, and how the epoch was chosen.
    comparable, note:
        Whether it can be compared with ours, and why not.
    """

    name: str
    citation: str
    factors: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    n: int | None = None
    definition: str = ""
    selection: str = ""
    comparable: bool = True
    note: str = ""


def read_published(path: Path) -> list[PublishedRow]:
    """Read published rows; columns: row, citation, factors, n, metrics, then four of remarks.

    The columns between `citation` and `n` are factors; those between `n` and `definition` are
    metrics, `<metric>_std` being the deviation. Raises DataError, naming the file and the line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(_rows(path, file))
    except OSError as error:
        raise DataError(f"published rows {path} cannot be read: {error}") from error


def _rows(path: Path, lines: Iterator[str]) -> Iterator[PublishedRow]:
    reader = csv.reader(lines, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        factors, metrics = _columns(header)
        for fields in reader:
            if not any(fields):
                continue
            if len(fields) != len(header):
                raise ValueError(f"{len(fields)} fields for {len(header)} columns")
            stripped = (value.strip() for value in fields)
            yield _row(dict(zip(header, stripped, strict=True)), factors, metrics)
    except (csv.Error, ValueError) as error:
        raise DataError(f"{path}, line {max(reader.line_num, 1)}: {error}") from error


def _columns(header: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split the header into factors and metrics."""
    twice = {name for name in header if header.count(name) > 1}
    if twice:
        raise ValueError(f"column {twice.pop()!r} occurs twice")
    for name in (*START, "n", *END):
        if name not in header:
            raise ValueError(f"no column {name!r}; {suggest(name, header, 40)}")
    n = header.index("n")
    if tuple(header[:2]) != START or tuple(header[-4:]) != END or n > header.index(END[0]):
        raise ValueError(
            f"columns must be {', '.join(START)}, factors, n, metrics, {', '.join(END)}; "
            f"they are {', '.join(header)}"
        )
    numbers = header[n + 1 : -4]
    metrics = [name for name in numbers if not name.endswith(STD)]
    for name in numbers:
        if name.removesuffix(STD) not in metrics:
            raise ValueError(f"column {name!r} has no column {name.removesuffix(STD)!r} beside it")
    return list(header[2:n]), metrics


def _row(fields: Mapping[str, str], factors: list[str], metrics: list[str]) -> PublishedRow:
    for name in START:
        if not fields[name]:
            raise ValueError(f"{name!r} is empty")
    if fields["comparable"] not in ("yes", "no"):
        raise ValueError(f"'comparable' is {fields['comparable']!r}; it must be yes or no")
    figures = {name: _figure(fields, name) for name in metrics}
    return PublishedRow(
        name=fields["row"],
        citation=fields["citation"],
        factors={name: fields[name] for name in factors if fields[name]},
        figures={name: figure for name, figure in figures.items() if figure[0]},
        n=_count(fields["n"]),
        definition=fields["definition"],
        selection=fields["selection"],
        comparable=fields["comparable"] == "yes",
        note=fields["note"],
    )


def _figure(fields: Mapping[str, str], metric: str) -> tuple[str, str]:
    std = fields.get(metric + STD, "")
    for name, written in ((metric, fields[metric]), (metric + STD, std)):
        if written and not _is_finite(written):
            raise ValueError(f"{name!r} is {written!r}; it must be a number, or empty")
    if std and not fields[metric]:
        raise ValueError(f"{metric!r} has a deviation, {std}, and no value")
    return fields[metric], std


def _is_finite(written: str) -> bool:
    try:
        return math.isfinite(float(written))
    except ValueError:
        return False


def _count(written: str) -> int | None:
    if not written:
        return None
    if not written.isdecimal() or int(written) < 1:
        raise ValueError(f"'n' is {written!r}; it must be a number of runs, or empty")
    return int(written)
