"""Recognises a data folder: by names and sizes of its files and by its text files' content."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import DataError

_TEXT = (".txt", ".csv", ".tsv", ".json", ".yaml", ".md")
_TEXT_LIMIT = 1 << 22  # a larger one is data; its size says enough


@dataclass(frozen=True)
class DataFolder:
    """Where the user keeps a dataset, and what was found there."""

    path: Path
    fingerprint: str


def fingerprint(folder: Path) -> str:
    """Summarise a folder in 16 hexadecimal digits; where it lies does not matter.

    Raises DataError where there is no such folder.
    """
    if not folder.is_dir():
        raise DataError(f"data folder {folder} does not exist")
    digest = hashlib.sha256()
    for name, path, size in sorted(_files(str(folder), "")):
        digest.update(f"{name}\0{size}\0".encode())
        if name.lower().endswith(_TEXT) and size <= _TEXT_LIMIT:
            digest.update(Path(path).read_bytes())
    return digest.hexdigest()[:16]


def _files(folder: str, prefix: str) -> Iterator[tuple[str, str, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                yield from _files(entry.path, f"{prefix}{entry.name}/")
            else:
                yield f"{prefix}{entry.name}", entry.path, entry.stat().st_size
