"""A record: what a finished task left behind, read in place."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO

from core.archive import Archive, put_back
from core.document import read_document
from core.errors import RecordError, suggest
from core.task import stage_of

if TYPE_CHECKING:
    import numpy as np

RECORD_FILE = "record.json"
ARRAYS_FILE = "arrays.npz"


class Record:
    """Arrays, files and provenance of one finished task.

    `record["name"]` reads one array: small ones from `arrays.npz`, large ones memory-mapped
    and read-only from `name.npy`. Nothing is read before it is asked for. `path` is where the
    record's folder is, or was before the stage's records were compacted.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._meta: dict[str, Any] | None = None

    def __getitem__(self, name: str) -> "np.ndarray[Any, Any]":
        try:
            found = self._small(name)
            return self._mapped(name) if found is None else found
        except RecordError:
            raise
        except (
            Exception
        ) as error:  # damaged bytes make numpy raise anything: zlib.error, TokenError
            raise self._damaged(f"array {name!r} cannot be read ({error})") from error

    def __repr__(self) -> str:
        return f"Record({self.path})"

    @property
    def id(self) -> str:
        """The task's id."""
        return self.path.name

    @property
    def folder(self) -> Path:
        """The folder of its files, for what needs one; made again where it was compacted."""
        if not self.path.is_dir():
            put_back(self.path)
        return self.path

    def open(self, name: str) -> BinaryIO:
        """Open one of its files, where it lies; raises RecordError where there is none."""
        try:
            return open_file(self.path, name)
        except FileNotFoundError:
            raise self._damaged(f"{name} is gone") from None

    def files(self, pattern: str) -> dict[str, int]:
        """Give the bytes of its files that match a pattern, as in `estimates/*.wav`, by name."""
        if self.path.is_dir():
            paths = sorted(path for path in self.path.glob(pattern) if path.is_file())
            return {path.relative_to(self.path).as_posix(): path.stat().st_size for path in paths}
        with Archive(self.path.parent) as archive:
            found = archive.find(self.id)
        depth = pattern.count("/")
        return {
            name: place.size
            for name, place in sorted(found.files.items() if found else ())
            if name.count("/") == depth and PurePosixPath(name).match(pattern)
        }

    def needed(self, stage: str) -> "Record":
        """Open the record of a stage that it was computed with; of shares, the first.

        Raises RecordError where it needs no such stage, or where the record is gone.
        """
        needs: Mapping[str, str] = self.meta["needs"]
        ids = [task_id for name, task_id in needs.items() if stage_of(name) == stage]
        if not ids:
            raise RecordError(f"record {self.path} needs no {stage!r}; {suggest(stage, needs)}")
        found = self.path.parents[1] / stage / ids[0]
        if not is_record(found):
            raise RecordError(
                f"record {self.path} needs {found}, which is gone; compute it anew with -c"
            )
        return Record(found)

    def _small(self, name: str) -> "np.ndarray[Any, Any] | None":
        """Read an array from `arrays.npz`; None where it is not in there."""
        import numpy as np  # listing plans must not pay for numpy

        try:
            file = open_file(self.path, ARRAYS_FILE)
        except FileNotFoundError:
            return None
        # numpy leaves a file that it opened itself open when it turns out to be damaged.
        with file, np.load(file, allow_pickle=False) as arrays:
            found: np.ndarray[Any, Any] | None = arrays.get(name)
            return found

    def _mapped(self, name: str) -> "np.ndarray[Any, Any]":
        """Map an array that is a file of its own."""
        try:
            return map_file(self.path, f"{name}.npy")
        except FileNotFoundError:
            raise self._no_array(name) from None

    def _no_array(self, name: str) -> RecordError:
        if name in self.arrays:
            return self._damaged(f"array {name!r} is gone")
        return RecordError(
            f"record {self.path} has no array {name!r}; {suggest(name, self.arrays)}"
        )

    @property
    def meta(self) -> Mapping[str, Any]:
        """What `record.json` says: setting, needed ids, versions, host, seconds."""
        if self._meta is None:
            self._meta = read_meta(self.path)
        return self._meta

    @property
    def info(self) -> Mapping[str, Any]:
        """The small JSON values that the stage kept."""
        found: Mapping[str, Any] = self.meta["info"]
        return found

    @property
    def arrays(self) -> list[str]:
        """Names of the arrays."""
        names: list[str] = self.meta["arrays"]
        return names

    def _damaged(self, what: str) -> RecordError:
        return damaged(self.path, what)


def is_record(path: Path) -> bool:
    """Tell whether a record is there, as a folder or in its stage's archive."""
    if path.is_dir():
        return True
    with Archive(path.parent) as archive:
        return archive.find(path.name) is not None


def open_file(record: Path, name: str) -> BinaryIO:
    """Open a file of a record, where it lies; raises FileNotFoundError where there is none."""
    # Ten thousand of these make a table: no pathlib, and no look at what is there first.
    try:
        return open(f"{record}/{name}", "rb")  # noqa: PTH123
    except FileNotFoundError:
        with Archive(record.parent) as archive:
            file = archive.open(record.name, name)
        if file is None:
            raise
        return file


def map_file(record: Path, name: str) -> "np.ndarray[Any, Any]":
    """Map a .npy file of a record, where it lies; raises FileNotFoundError without one."""
    import numpy as np

    try:
        array: np.ndarray[Any, Any] = np.load(record / name, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        with Archive(record.parent) as archive:
            found = archive.map(record.name, name)
        if found is None:
            raise
        array = found
    return array


def read_meta(path: Path) -> dict[str, Any]:
    """Read `record.json` of a record; raises RecordError where it is damaged."""
    try:
        with open_file(path, RECORD_FILE) as file:
            meta = read_document(file.read())
    except RecordError:
        raise
    except (OSError, ValueError) as error:
        raise damaged(path, f"{RECORD_FILE} cannot be read ({error})") from error
    if meta.get("id") != path.name:
        raise damaged(path, f"{RECORD_FILE} does not describe this task")
    return meta


def damaged(path: Path, what: str) -> RecordError:
    """Say that a record cannot be used, and how it is computed anew."""
    return RecordError(
        f"record {path} is damaged: {what}. No other is touched; to compute it anew: "
        f"sonoplan {path.parent.parent.name} -s id={path.name} -R {path.parent.name}"
    )
