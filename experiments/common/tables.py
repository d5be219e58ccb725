"""Tables of a corpus: text files whose first line names the columns."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path

from core.errors import DataError

Row = tuple[str, ...]


def find_table(folder: Path, files: Iterable[Path], name: str) -> Path | None:
    """Find a file by its name; raises DataError where there are several."""
    named = [path for path in files if path.name == name]
    if len(named) > 1:
        raise DataError(
            f"{folder} has several files {name}: {', '.join(map(str, named))}; keep one"
        )
    return named[0] if named else None


def read_table(path: Path, columns: Sequence[str], delimiter: str = ",") -> list[tuple[str, Row]]:
    """Read two or more columns of a table: for each row its place, for messages, and its cells.

    Raises DataError, which names the file, where it is no text, where a column is missing or there
    twice, where a row is cut short, and where there is no row.
    """
    with _lines(path, delimiter) as lines:
        rows = list(_rows(path, lines, columns))
    if not rows:
        raise DataError(f"{path} has no row; copy it again")
    return rows


def read_titles(path: Path, delimiter: str = ",") -> list[str]:
    """Read the names of a table's columns; raises DataError where the file is no text."""
    with _lines(path, delimiter) as lines:
        return next(lines, [])


def write_table(path: Path, rows: Iterable[Sequence[object]], delimiter: str = ",") -> None:
    """Write a table, the line that names the columns first."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows(rows)


@contextmanager
def _lines(path: Path, delimiter: str) -> Iterator[Iterator[list[str]]]:
    """Give the cells of each line."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            yield csv.reader(file, delimiter=delimiter, strict=True)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read ({error}); copy it again") from error


def _rows(
    path: Path, lines: Iterator[list[str]], columns: Sequence[str]
) -> Iterator[tuple[str, Row]]:
    titles = next(lines, [])
    missing = [column for column in columns if column not in titles]
    if missing:
        raise DataError(
            f"{path} has no column {', '.join(missing)}; it has: {', '.join(titles) or 'nothing'}"
        )
    twice = [column for column in columns if titles.count(column) > 1]
    if twice:
        raise DataError(f"{path} has several columns {', '.join(twice)}; keep one of each")
    pick = itemgetter(*map(titles.index, columns))
    for number, cells in enumerate(lines, start=2):
        if len(cells) != len(titles):
            raise DataError(f"{path}, row {number}: {len(cells)} cells instead of {len(titles)}")
        yield f"{path}, row {number}", pick(cells)
