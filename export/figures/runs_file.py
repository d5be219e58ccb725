"""A sweep from a plain csv of runs: one line a run, factors and results in columns."""

import csv
import math
import re
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from statistics import stdev

from core.errors import DataError, UnknownName
from core.setting import Setting
from core.values import literal
from export.figures.sweep import Run, Sweep

EMPTY = ("", "nan", "na", "n/a", "null")


def read_runs(
    path: Path,
    metric: str,
    *,
    higher_is_better: bool = True,
    factors: Sequence[str] = (),
    order: str = "",
    warn: Callable[[str], object] = lambda _: None,
) -> Sweep:
    """Read runs; an empty field of a factor is blank, one of the metric is no number.

    `factors` are columns, or patterns such as `model-*`; without any, see guess_factors. Each
    gets the end of its name that no other has. `order` is the column by which runs were made, a
    number at the end of a text counting as a number; without it, it is the order of the lines.

    Raises DataError where the file is not such a table, UnknownName for an unknown column.
    """
    columns = _read(path)
    for name in (metric, order):
        if name and name not in columns:
            raise UnknownName("column", name, columns)
    names = _chosen(columns, factors) if factors else guess_factors(columns, metric)
    values = [_number(path, metric, field) for field in columns[metric]]
    if not names:
        raise DataError(f"{path} has no column beside {metric} that tells runs apart: name some")
    stamps = _stamps(columns[order]) if order else [float(line) for line in range(len(values))]
    settings = _settings(columns, shortened(names))
    runs = tuple(Run(*parts) for parts in zip(settings, values, stamps, strict=True))
    title = f"{metric} {'↑' if higher_is_better else '↓'}"
    return Sweep(metric, title, _precision(values), higher_is_better, runs, warn=warn)


def guess_factors(columns: Mapping[str, Sequence[str]], metric: str) -> list[str]:
    """Take for factors what varies, is no name of a run, and has no word of the results.

    Words of the results are those in the metric's name, and in the name of any column that
    shares one of them: with `eval_mAP` so are `val_mAP` and then `val_loss`.
    """
    related = {metric}
    words = _words(metric)
    while more := {name for name in columns if name not in related and _words(name) & words}:
        related |= more
        words = words.union(*map(_words, more))
    return [n for n, fields in columns.items() if n not in related and _varies(fields)]


def shortened(names: Sequence[str]) -> dict[str, str]:
    """Keep of each name the shortest end, from a `-`, `.`, `/` or `:` on, that no other has."""
    ends = {name: [name[m.end() :] for m in re.finditer("^|[-./:]", name)][::-1] for name in names}
    taken = [end for of in ends.values() for end in of]
    return {
        name: next((end for end in of if end and taken.count(end) == 1), name)
        for name, of in ends.items()
    }


def _chosen(columns: Mapping[str, object], patterns: Sequence[str]) -> list[str]:
    """Find the columns that patterns mean, in the order of the file."""
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in columns):
            raise UnknownName("column", pattern, columns)
    return [name for name in columns if any(fnmatchcase(name, p) for p in patterns)]


def _read(path: Path) -> dict[str, list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read as csv: {error}") from error
    if len(rows) < 2:
        raise DataError(f"{path} has no runs: it needs a line of names, and one for each run")
    for line, row in enumerate(rows[1:], 2):
        if len(row) != len(rows[0]):
            raise DataError(f"{path}: row {line} has {len(row)} fields, not {len(rows[0])}")
    if len(set(rows[0])) < len(rows[0]):
        raise DataError(f"{path} has two columns of the same name")
    return {name: [row[i].strip() for row in rows[1:]] for i, name in enumerate(rows[0])}


def _number(path: Path, name: str, field: str) -> float:
    if field.lower() in EMPTY:
        return math.nan
    try:
        return float(field)
    except ValueError:
        raise DataError(f"{path}: {name} has {field!r}, which is no number") from None


def _precision(values: Sequence[float]) -> int:
    """Give as many decimals as show how the values differ: two digits of their std."""
    finite = [value for value in values if math.isfinite(value)]
    deviation = stdev(finite) if len(finite) > 1 else 0
    return min(max(1 - math.floor(math.log10(deviation)), 0), 8) if deviation > 0 else 2


def _settings(columns: Mapping[str, Sequence[str]], names: Mapping[str, str]) -> list[Setting]:
    """Make a setting of each line, leaving empty fields blank; factors get the given names."""
    fields = zip(*(columns[name] for name in names), strict=True)
    return [
        Setting(
            {
                name: literal(field)
                for name, field in zip(names.values(), line, strict=True)
                if field.lower() not in EMPTY
            }
        )
        for line in fields
    ]


def _stamps(fields: Sequence[str]) -> list[float]:
    """Number the runs in the order of a column."""
    keys = [_natural(field) for field in fields]
    place = {
        line: float(i) for i, line in enumerate(sorted(range(len(keys)), key=keys.__getitem__))
    }
    return [place[line] for line in range(len(keys))]


def _natural(field: str) -> tuple[float, str]:
    """Order texts by the number at their end, as in `sweep-7`, then by the text."""
    value = literal(field)
    if isinstance(value, float | int):
        return float(value), ""
    found = re.search(r"\d+$", field)
    return float(found.group()) if found else math.inf, field


def _varies(fields: Sequence[str]) -> bool:
    """Tell whether a column tells runs apart without naming each."""
    values = {*fields}
    numbers = all(not isinstance(literal(field), str) for field in values if field)
    return len(values) > 1 and (numbers or len(values) < len(fields))


def _words(name: str) -> set[str]:
    return {word.lower() for word in re.split(r"[^A-Za-z0-9]+", name) if word}
