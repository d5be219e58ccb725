"""Folds the finished records of a stage into its archive, while others compute and read.

The archive is written anew beside the old one and takes its place in one step; the folders go only
after that. So at any moment a record is a folder, or in the archive, or both.
"""

import json
import shutil
import struct
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO
from zipfile import ZipFile, ZipInfo

from core.archive import ARCHIVE, COMMENT, LIST, Archive, Place, put_back
from core.claim import Claim, take
from core.durable import sync
from core.errors import ConfigError, RecordError
from core.heart import HEART
from core.record import RECORD_FILE, damaged, read_meta
from core.store import Store, folders

_WORK = ".archive"  # beside the records of a stage, while some are folded or removed
ALIGNED = 64  # bytes: numpy lays out arrays so that they can be mapped, and here they are
_PADDING = 0xD935  # the extra field by which zips are commonly aligned
_HEADER = 30 + 4  # bytes before a file: what zip says of it, and the beginning of that field
_ZIP64 = 20  # bytes more, before a large file
LARGE = 1 << 30


@dataclass(frozen=True)
class Compacted:
    """Records that were folded, of how many files; and those that stay folders, by the reason."""

    records: int
    files: int
    in_use: int
    damaged: int


@contextmanager
def sole(store: Store, stage: str) -> Iterator[Claim]:
    """Be the only one who folds or removes records of a stage.

    Raises ConfigError where another is, or where nothing can be written.
    """
    work = store.folder / stage / _WORK
    try:
        claim = take(work)
    except OSError as error:
        raise ConfigError(f"{work} cannot be written: {error.strerror}") from error
    if claim is None:
        raise ConfigError(
            f"records of {stage} are being compacted or removed by another call; try again after it"
        )
    for left in work.iterdir():  # by one who was killed, or who is silent and may wake
        if left != claim.path:
            shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)
    HEART.beat_for(claim)
    try:
        yield claim
    finally:
        HEART.beat_for(None)
        if claim.latest():
            shutil.rmtree(work, ignore_errors=True)


def compact(store: Store, stage: str) -> Compacted:
    """Fold the finished records of a stage into its archive.

    Those that a running task reads stay folders, and so do damaged ones. Raises what `sole` does,
    and ConfigError where the disk does not take the archive; nothing is lost then.
    """
    folder = store.folder / stage
    with sole(store, stage) as claim:
        loose = folders(folder)
        sound = {task_id for task_id in loose if _sound(folder / task_id)}
        free = _free(store, sound)
        files = _write(folder, claim, add=free) if free else 0
        gone = _free(store, free)  # a task may have begun meanwhile
        for task_id in gone:
            _discard(folder / task_id)
        return Compacted(len(gone), files, len(sound) - len(gone), len(loose) - len(sound))


def take_out(store: Store, stage: str, ids: Collection[str], claim: Claim) -> None:
    """Make folders of some records of a stage again, where they are archived, and those alone.

    Raises ConfigError where the disk does not take them; nothing is lost then.
    """
    folder = store.folder / stage
    with Archive(folder) as archive:
        chosen = {task_id for task_id in ids if archive.find(task_id)}
    for task_id in chosen:
        put_back(folder / task_id)
    if chosen:
        _write(folder, claim, without=chosen)


def _free(store: Store, ids: set[str]) -> set[str]:
    used = store.in_use()
    return ids - used if used is not None else set()


def _sound(record: Path) -> bool:
    try:
        return (record / RECORD_FILE).is_file() and bool(read_meta(record))
    except RecordError:
        return False


def _write(
    folder: Path, claim: Claim, add: Collection[str] = (), without: Collection[str] = ()
) -> int:
    """Replace a stage's archive by one with more or fewer records; give the files added."""
    part = claim.draft(ARCHIVE)
    try:
        with Archive(folder) as old, ZipFile(part, "w") as target:
            writer = _Writer(target)
            for task_id in old.stamps:
                if task_id not in add and task_id not in without:
                    writer.copy(old, task_id)
            files = sum(writer.add(folder / task_id) for task_id in sorted(add))
            writer.list()
        sync(part)
        claim.check()
        part.replace(folder / ARCHIVE)
        sync(folder)
    except RecordError:
        raise
    except OSError as error:
        raise ConfigError(
            f"{folder / ARCHIVE} cannot be written anew: {error.strerror}; nothing was changed"
        ) from error
    return files


class _Writer:
    """Writes the records of a new archive."""

    def __init__(self, target: ZipFile) -> None:
        self._zip = target
        self._list: dict[str, tuple[int, dict[str, Place]]] = {}

    def add(self, record: Path) -> int:
        """Add the files of a record's folder; give their number."""
        places = self._places(record.name, record.stat().st_mtime_ns)
        for path in sorted(p for p in record.rglob("*") if p.is_file()):
            name = path.relative_to(record).as_posix()
            with path.open("rb") as file:
                size = path.stat().st_size
                fill = partial(shutil.copyfileobj, file)
                places[name] = self._write(f"{record.name}/{name}", size, fill)
        return len(places)

    def copy(self, old: Archive, task_id: str) -> None:
        """Add a record of the archive that is replaced; raises RecordError where it has rotted."""
        found = old.find(task_id)
        assert found is not None
        places = self._places(task_id, found.stamp)
        for name, place in found.files.items():
            fill = partial(old.copy, place)
            places[name] = self._write(f"{task_id}/{name}", place.size, fill)
            if places[name].crc != place.crc:
                raise damaged(old.path.parent / task_id, f"{name} in {old.path} has changed")

    def list(self) -> None:
        """Add the list of the records, and say in the comment where it is."""
        told = json.dumps(self._list).encode()
        place = self._write(LIST, len(told), lambda file: file.write(told))
        self._zip.comment = COMMENT % place

    def _places(self, task_id: str, stamp: int) -> dict[str, Place]:
        return self._list.setdefault(task_id, (stamp, {}))[1]

    def _write(self, name: str, size: int, fill: Callable[[IO[bytes]], object]) -> Place:
        large = size > LARGE
        header = self._zip.start_dir + _HEADER + len(name.encode()) + (_ZIP64 if large else 0)
        padding = -header % ALIGNED
        info = ZipInfo(name, time.localtime()[:6])
        info.extra = struct.pack("<HH", _PADDING, padding) + bytes(padding)
        with self._zip.open(info, "w", force_zip64=large) as file:
            fill(file)
        return Place(header + padding, info.file_size, info.CRC)


def _discard(record: Path) -> None:
    """Remove a record's folder; other readers see all of it, or that it is gone."""
    doomed = record.parent / _WORK / record.name
    try:
        record.rename(doomed)
    except FileNotFoundError:
        return
    shutil.rmtree(doomed, ignore_errors=True)
