"""The finished records of a stage in one file, `records.zip`, which is read in place.

Nothing in it is compressed, so that arrays are mapped where they lie, and any unzip program opens
it. Its last file lists all records, and its comment says where that list is: a hundred thousand
records are found without reading the directory of the zip.
"""

import io
import json
import os
import re
import shutil
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from time import sleep
from typing import IO, TYPE_CHECKING, Any, BinaryIO, NamedTuple, Self

from core.claim import WORK, take
from core.durable import sync_tree
from core.errors import RecordError

if TYPE_CHECKING:
    import numpy as np

ARCHIVE = "records.zip"
LIST = "records.json"
COMMENT = b"records listed at byte %020d in %020d bytes, CRC-32 %010d"
_COMMENT = re.compile(rb"records listed at byte (\d{20}) in (\d{20}) bytes, CRC-32 (\d{10})\Z")
_CHUNK = 1 << 20


class Place(NamedTuple):
    """Where a file lies in an archive, its size in bytes, and its CRC-32."""

    offset: int
    size: int
    crc: int


class Archived(NamedTuple):
    """A record in an archive: when its folder was made (ns), and its files."""

    stamp: int
    files: Mapping[str, Place]


class Archive:
    """The archive of a stage's folder, open for reading; without any records where there is none.

    Raises RecordError where the archive is damaged.
    """

    def __init__(self, stage: Path) -> None:
        self.path = stage / ARCHIVE
        self._file: BinaryIO | None = None
        self._list: Mapping[str, Any] = {}
        try:
            self._file = self.path.open("rb")
        except (FileNotFoundError, NotADirectoryError):
            return
        try:
            self._list = _listed(self.path, self._file)
        except (OSError, ValueError) as error:
            self._file.close()
            raise RecordError(
                f"{self.path} is damaged ({error}); nothing was computed or removed. Its records "
                "may be saved with `zip -FF`; move it away to compute them anew"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    @property
    def stamps(self) -> dict[str, int]:
        """Modification times (ns) that the folders of the records had, by id."""
        return {task_id: found[0] for task_id, found in self._list.items()}

    def find(self, task_id: str) -> Archived | None:
        """Find a record."""
        found = self._list.get(task_id)
        if found is None:
            return None
        return Archived(found[0], {name: Place(*place) for name, place in found[1].items()})

    def open(self, task_id: str, name: str) -> BinaryIO | None:
        """Open a file of a record; None where there is none of that name."""
        place = self._place(task_id, name)
        if place is None or self._file is None:
            return None
        self._file.seek(place.offset)
        return io.BytesIO(self._file.read(place.size))

    def map(self, task_id: str, name: str) -> "np.memmap[Any, Any] | None":
        """Map a .npy file of a record, read-only; None where there is none of that name."""
        import numpy as np

        place = self._place(task_id, name)
        if place is None or self._file is None:
            return None
        self._file.seek(place.offset)
        layout = np.lib.format
        version, _ = layout.read_magic(self._file)
        read = layout.read_array_header_1_0 if version == 1 else layout.read_array_header_2_0
        shape, in_columns, dtype = read(self._file)
        at = self._file.tell()
        return np.memmap(self._file, dtype, "r", at, shape, "F" if in_columns else "C")

    def extract(self, task_id: str, folder: Path) -> None:
        """Write the files of a record to a folder, which is made; raises KeyError without it."""
        folder.mkdir(parents=True)
        found = self._list[task_id]
        for name, place in found[1].items():
            target = folder / _inside(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file:
                self.copy(Place(*place), file)
        os.utime(folder, ns=(found[0], found[0]))

    def copy(self, place: Place, target: IO[bytes]) -> None:
        """Copy a file, byte by byte, into another."""
        assert self._file is not None
        self._file.seek(place.offset)
        for at in range(0, place.size, _CHUNK):
            target.write(self._file.read(min(_CHUNK, place.size - at)))

    def _place(self, task_id: str, name: str) -> Place | None:
        found = self._list.get(task_id)
        return Place(*found[1][name]) if found and name in found[1] else None


# What an archive lists is read once: the file is never changed, but replaced.
_KNOWN: dict[Path, tuple[tuple[int, ...], Mapping[str, Any]]] = {}


def _listed(path: Path, file: BinaryIO) -> Mapping[str, Any]:
    stat = os.fstat(file.fileno())
    identity = (stat.st_dev, stat.st_ino, stat.st_mtime_ns, stat.st_size)
    known, found = _KNOWN.get(path, (None, {}))
    if known != identity:
        file.seek(-len(COMMENT % (0, 0, 0)), os.SEEK_END)
        place = _COMMENT.match(file.read())
        if place is None:
            raise ValueError("it does not end as it should")
        file.seek(int(place[1]))
        listed = file.read(int(place[2]))
        if zlib.crc32(listed) != int(place[3]):
            raise ValueError("the list of its records has changed")
        found = json.loads(listed)
        _KNOWN[path] = (identity, found)
    return found


def _inside(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise RecordError(f"a record's file cannot be called {name!r}")
    return path


def put_back(record: Path) -> None:
    """Make a folder of an archived record again, where there is none, for what needs a folder.

    It stays in the archive as well; the next compaction removes the folder. Raises RecordError
    where nothing can be written there, FileNotFoundError where the record is in no archive.
    """
    work = record.parent / WORK / record.name
    try:
        while not record.is_dir():
            with Archive(record.parent) as archive:
                if archive.find(record.name) is None:
                    raise FileNotFoundError(record)
                if take(work) is None:  # another does the same
                    sleep(0.05)
                    continue
                part = work / "out"
                shutil.rmtree(part, ignore_errors=True)
                archive.extract(record.name, part)
            sync_tree(part)
            part.rename(record)
            shutil.rmtree(work, ignore_errors=True)
    except (FileNotFoundError, RecordError):
        raise
    except OSError as error:
        raise RecordError(
            f"record {record} lies in {ARCHIVE} and cannot be made a folder: {error.strerror}"
        ) from error
