"""What has arrived of a file that is being fetched, and whose turn it is to fetch it.

What has arrived of `name` lies beside it as `name.part`, and `name.part.version` holds what the
server called the content it is a part of. A lock on the part keeps two processes apart.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from core.errors import DownloadError

_BLOCK = 1 << 20


class Part:
    """The bytes that have arrived, of which version they are, and their hash so far."""

    def __init__(self, file: FileIO, path: Path, algorithm: str) -> None:
        self.path = path
        self.version = _read_version(path)
        self.done = 0
        self._file = file
        self._algorithm = algorithm
        self._hash = new_hash(algorithm)
        with on_disk("read", path):
            file.seek(0)
            while block := file.read(_BLOCK):
                self._count(block)

    def append(self, block: bytes) -> None:
        """Write what has come; raises DownloadError where the disk does not take it."""
        left = memoryview(block)
        with on_disk("write", self.path):
            while left:  # a disk that fills up takes some of it first
                left = left[self._file.write(left) :]
        self._count(block)

    def restart(self, version: str) -> None:
        """Forget what has arrived; what comes now is of this version."""
        with on_disk("write", self.path):
            self._file.truncate(0)
            _version_file(self.path).write_text(version, encoding="utf-8")
        self.version = version
        self.done = 0
        self._hash = new_hash(self._algorithm)

    def hexdigest(self) -> str:
        """Give the hash of what has arrived, in hexadecimal digits."""
        return self._hash.hexdigest()

    def move(self, target: Path) -> None:
        """Make sure that all of it is on the disk, then give it its name."""
        with on_disk("write", target):
            os.fsync(self._file.fileno())
            self.path.rename(target)
            _version_file(self.path).unlink(missing_ok=True)

    def _count(self, block: bytes) -> None:
        self.done += len(block)
        self._hash.update(block)


@contextmanager
def locked_part(path: Path, algorithm: str) -> Iterator[Part]:
    """Open the part of a file for this process alone; another one waits until this one ends."""
    part = part_of(path)
    while True:
        with on_disk("write", part):
            part.parent.mkdir(parents=True, exist_ok=True)
            file = part.open("ab+", buffering=0)
        with file:
            with on_disk("lock", part):
                fcntl.flock(file, fcntl.LOCK_EX)
            if not _same(file, part):
                continue  # it was given its name, or set aside, while this process waited
            try:
                yield Part(file, part, algorithm)
            finally:
                if os.fstat(file.fileno()).st_size == 0:  # nothing came: no trace is left
                    part.unlink(missing_ok=True)
                    _version_file(part).unlink(missing_ok=True)
            return


def part_of(path: Path) -> Path:
    """Where the bytes of a file lie until all have arrived."""
    return path.with_name(path.name + ".part")


def new_hash(algorithm: str) -> "hashlib._Hash":
    """Begin a hash; md5 too where it is barred from security, since here it finds accidents."""
    return hashlib.new(algorithm, usedforsecurity=False)


@contextmanager
def on_disk(action: str, path: Path) -> Iterator[None]:
    """Turn an OSError into a DownloadError that says what could not be done with which file."""
    try:
        yield
    except OSError as error:
        raise DownloadError(f"cannot {action} {path}: {error.strerror or error}") from error


def _same(file: FileIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _version_file(part: Path) -> Path:
    return part.with_name(part.name + ".version")


def _read_version(part: Path) -> str:
    try:
        return _version_file(part).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
