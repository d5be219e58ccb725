"""A cache of what records say, in the user's cache folder; it can be deleted at any time."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from core.document import check_kinds, read_document
from core.durable import replace_text
from core.errors import RecordError
from core.metric import Metric
from core.record import Record, read_meta
from core.store import Scan, Store

# Of what is kept of a record.
_KINDS: Mapping[str, Any] = {
    "stamp": int,
    "part": str,
    "version": int,
    "needs": dict,
    "seconds": int | float,
    "data": dict | None,
    "damaged": str,
    "values": dict,
}


@dataclass
class Entry:
    """What is kept of one record: `stamp` is the modification time of its folder."""

    stamp: int
    part: str = ""
    version: int = 0
    needs: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    data: dict[str, str] | None = None
    damaged: str = ""
    values: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise TypeError, with the name of the field, where a damaged file says something else."""
        check_kinds(self, _KINDS)


class Index:
    """The records of one stage: what is done, read once, and metric values, computed once."""

    def __init__(self, store: Store, stage: str, cache: Path | None) -> None:
        self._folder = store.folder / stage
        self._file = cache / _file_name(store, stage) if cache else None
        self._changed = False
        self.scan: Scan = store.scan(stage)
        self.entries = self._load()

    def value(self, task_id: str, metric: Metric) -> float:
        """Reduce a record to a metric's value, or give the value kept from earlier.

        Raises RecordError where the record is damaged or the metric cannot read it.
        """
        entry = self.entries[task_id]
        if entry.damaged:
            raise RecordError(entry.damaged)
        key = f"{metric.name} {metric.version}"
        if key not in entry.values:
            entry.values[key] = self._reduce(task_id, metric)
            self._changed = True
        return entry.values[key]

    def _reduce(self, task_id: str, metric: Metric) -> float:
        record = Record(self._folder / task_id)
        try:
            return float(metric.reduce(record))
        except RecordError:
            raise
        except Exception as error:  # a metric is anybody's code; it costs its own value only
            told = f"{type(error).__name__}: {error}"
            raise RecordError(
                f"metric {metric.name!r} cannot be read from record {record.path} ({told})"
            ) from error

    @cached_property
    def by_part(self) -> dict[str, list[Entry]]:
        """Records by the question they answer, whatever version of the code made them."""
        found: dict[str, list[Entry]] = {}
        for entry in self.entries.values():
            found.setdefault(entry.part, []).append(entry)
        return found

    @cached_property
    def mean_seconds(self) -> float | None:
        """Mean duration of the finished tasks; None while there are none."""
        known = [e.seconds for e in self.entries.values() if not e.damaged]
        return sum(known) / len(known) if known else None

    def save(self) -> None:
        """Keep what was read for the next call; where that is impossible nothing is lost."""
        if not self._changed or self._file is None:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            replace_text(self._file, json.dumps({i: vars(e) for i, e in self.entries.items()}))
        except OSError:
            return
        self._changed = False

    def _load(self) -> dict[str, Entry]:
        kept = self._read_cache()
        entries = {}
        for task_id, stamp in self.scan.done.items():
            entry = kept.get(task_id)
            if entry is None or entry.stamp != stamp:
                entry = self._read(task_id, stamp)
                self._changed = True
            entries[task_id] = entry
        self._changed |= len(kept) != len(entries)
        return entries

    def _read_cache(self) -> dict[str, Entry]:
        if self._file is None:
            return {}
        try:
            kept = read_document(self._file.read_bytes())
            return {task_id: Entry(**fields) for task_id, fields in kept.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def _read(self, task_id: str, stamp: int) -> Entry:
        try:
            meta: dict[str, Any] = read_meta(self._folder / task_id)
            return Entry(
                stamp=stamp,
                part=meta["part"],
                version=meta["version"],
                needs=meta["needs"],
                seconds=meta["seconds"],
                data=meta.get("data"),
            )
        except RecordError as error:
            return Entry(stamp, damaged=str(error))
        except (KeyError, TypeError) as error:
            told = f"record {self._folder / task_id} does not say what it should: {error}"
            return Entry(stamp, damaged=told)


def indexes(store: Store, stages: Iterable[str], cache: Path | None) -> dict[str, Index]:
    """Look once at each stage."""
    return {stage: Index(store, stage, cache) for stage in stages}


def _file_name(store: Store, stage: str) -> str:
    where = f"{store.root.resolve()}\0{store.experiment}"
    return f"{store.experiment}-{stage}-{hashlib.sha256(where.encode()).hexdigest()[:12]}.json"
