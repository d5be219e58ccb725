"""Files that are whole or absent, and on the disk, not only on their way there."""

import os
from pathlib import Path


def replace_text(path: Path, text: str) -> None:
    """Write a file, or write it anew: whoever reads it meanwhile reads one of the two, whole.

    Raises OSError where that is impossible; nothing is changed then.
    """
    part = path.with_suffix(f".{os.getpid()}")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def sync(path: Path) -> None:
    """Wait until a file, or the list of names that a folder is, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Wait until a folder and all that is in it are on the disk."""
    for path in [*folder.rglob("*"), folder]:
        sync(path)
