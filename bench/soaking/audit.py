"""What must hold whenever nothing runs: records whole, none lost or changed, nothing left over."""

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from core.errors import RecordError
from core.record import Record
from soaking.records import digest, in_folder, records, trouble

# Why a task may have failed in a round with faults; anything else is a fault of Sonoplan's.
REASONS = re.compile(
    "No space left on device|is damaged|which is gone|its worker died"
    "|cannot be made a folder|file write failed|unexpected pos"
)
# A trace that a failed task left, shown to the user line by line.
_QUOTED = re.compile(r"^  \| .*\n", re.MULTILINE)
_FAILED = re.compile(r"^error: .* [0-9a-f]{16} failed.*", re.MULTILINE)
STATUSES = {0, 1, 2, 130}


class Ledger:
    """Every whole record that was seen, by what it held; what the run itself damages is struck."""

    def __init__(self, results: Path) -> None:
        self.results = results
        self.seen = 0
        self._kept: dict[str, str] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._kept

    def strike(self, key: str) -> None:
        """Forget a record that is damaged on purpose."""
        self._kept.pop(key, None)

    def look(self, damaged: Collection[str], removals: bool) -> Iterator[str]:
        """Compare all records with what was seen before; gives what is wrong.

        With `removals` records may have gone to the trash, where they must be as they were.
        """
        found: dict[str, str] = {}
        for key, files in records(self.results):
            if key in damaged:
                continue
            wrong = trouble(key, files)
            if wrong:
                yield f"record {key} is not whole: {wrong}"
            found[key] = digest(files)
        for key, before in self._kept.items():
            if key in found and found[key] != before and before not in self._removed(key):
                yield f"record {key} has changed, or was computed again"
            if key not in found and not (removals and before in self._removed(key)):
                yield f"record {key} is lost"
        self.seen += len(found.keys() - self._kept.keys())
        self._kept = found

    def _removed(self, key: str) -> list[str]:
        folders = self.results.glob(f".trash/*/{key}")
        return [digest(in_folder(folder)) for folder in folders]


def unnoticed(folder: Path) -> bool:
    """Tell whether Sonoplan reads all of a damaged record without complaint."""
    try:
        record = Record(folder)
        for name in record.arrays:
            record[name].sum() if record[name].dtype.kind in "biufc" else record[name]
    except RecordError:
        return False
    return True


def left_over(results: Path, cache: Path) -> Iterator[str]:
    """Name what should be gone when a run has ended well."""
    for path in results.glob("*/*/.work/*"):
        inside = sorted(p.name for p in path.rglob("*")) if path.is_dir() else []
        yield f"work is left over: {path.relative_to(results)} with {inside}"
    for path in results.glob("*/*/.*"):
        if path.name != ".work":
            yield f"{path.relative_to(results)} is left over"
    for path in cache.rglob("*"):
        if path.is_file() and path.suffix != ".json":
            yield f"{path.name} is left over in the cache"


def unexplained(failure: Path) -> str:
    """Give the error that a failed task has left, where no fault of this run explains it."""
    try:
        error = str(json.loads(failure.read_bytes())["error"])
    except (OSError, ValueError, KeyError) as broken:
        error = f"the failure cannot be read: {broken}"
    return "" if REASONS.search(error) else error


def misbehaviour(status: int, signals: Collection[int], text: str) -> Iterator[str]:
    """Say what is wrong with how a call has ended."""
    if status not in STATUSES | {-s for s in signals} | {128 + s for s in signals}:
        yield f"exit status {status}"
    if "Traceback (most recent call last)" in _QUOTED.sub("", text):
        yield "a traceback was printed"
    for line in _FAILED.findall(text):
        if not REASONS.search(line):
            yield line
