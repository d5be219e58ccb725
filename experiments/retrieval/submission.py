"""The challenge's form of answers: each caption and the names of the ten clips found for it."""

import csv
from collections.abc import Sequence
from pathlib import Path

DEPTH = 10
HEADER = ("caption", *(f"file_name_{rank}" for rank in range(1, DEPTH + 1)))


def write_submission(path: Path, captions: Sequence[str], found: Sequence[Sequence[str]]) -> None:
    """Write the names of ten clips found for each caption, best first."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)  # with \r\n at the end of lines, which lets it quote both in a cell
        rows.writerow(HEADER)
        rows.writerows([text, *fnames] for text, fnames in zip(captions, found, strict=True))
