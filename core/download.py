"""Files fetched from the web: resumed after an interruption, checked, whole or absent."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from core.errors import DownloadError
from core.part import Part, locked_part, new_hash, on_disk
from core.remote import ask, passing, told

Progress = Callable[[int, int], None]
"""Told of bytes at hand and bytes in all, 0 while their number is not known."""

# Waiting times after connections that brought nothing; after the last of them it is given up.
PAUSES_SECONDS = (1.0, 2.0, 4.0)


def quiet(done: int, total: int) -> None:
    """Tell nobody of the progress."""


def download(
    url: str,
    path: Path,
    *,
    size: int | None = None,
    digest: str = "",
    progress: Progress = quiet,
) -> Path:
    """Fetch a file: resumed after an interruption, checked, whole or absent.

    A file that is there already is checked and kept. A broken connection is tried again for as
    long as bytes keep coming; a later call goes on from what has arrived (`<name>.part`). A second
    process that wants the same file waits for the first.

    Parameters
    ----------
    url:
        An http or https address.
    path:
        Where the file is to be; folders are made.
    size:
        Bytes it has; None where that is not known.
    digest:
        "sha256:<hex>" or "md5:<hex>", of which the first digits may do; empty where it is not
        known, and the size alone decides.
    progress:
        Called with bytes at hand and bytes in all.

    Raises
    ------
    DownloadError
        Another file is at `path`, the server does not give the file, what it gave is not what was
        expected (it is set aside as `<name>.wrong`), or the disk does not take it.
    """
    expected = _expected(size, digest)
    if urlsplit(url).scheme not in ("http", "https"):
        raise DownloadError(f"{url}: files are fetched by http and https only")
    if not _there(path, expected):
        with locked_part(path, expected.algorithm) as part:
            if not _there(path, expected):  # else another process has fetched it meanwhile
                _complete(url, part, expected, progress)
                _put_in_place(url, part, expected, path)
    return path


def fault_of(path: Path, *, size: int | None = None, digest: str = "") -> str:
    """Say in what a file differs from the expected one; empty where it does not."""
    return _fault(path, _expected(size, digest))


@dataclass(frozen=True)
class _Expected:
    """What a file must be."""

    size: int | None
    algorithm: str
    hash: str

    def fault(self, size: int, found: Callable[[], str]) -> str:
        if self.size not in (None, size):
            return f"it has {size:,} bytes instead of {self.size:,}"
        if self.hash and not (digest := found()).startswith(self.hash):
            return f"its {self.algorithm} is {digest} instead of {self.hash}"
        return ""


def _expected(size: int | None, digest: str) -> _Expected:
    algorithm, _, wanted = digest.partition(":")
    if digest and (algorithm not in ("sha256", "md5") or not wanted):
        raise DownloadError(f"digest {digest!r}: write sha256:HEX or md5:HEX")
    return _Expected(size, algorithm or "sha256", wanted.lower())


def _there(path: Path, expected: _Expected) -> bool:
    """Tell whether the file is there; raises DownloadError where another one is in its place."""
    with on_disk("read", path):
        if not path.exists():
            return False
    if fault := _fault(path, expected):
        raise DownloadError(
            f"{path} is not the expected file: {fault}; move or delete it, then try again"
        )
    return True


def _fault(path: Path, expected: _Expected) -> str:
    if path.is_dir():
        return "it is a folder"
    with on_disk("read", path):
        return expected.fault(path.stat().st_size, lambda: _hash_of(path, expected.algorithm))


def _hash_of(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: new_hash(algorithm)).hexdigest()


def _complete(url: str, part: Part, expected: _Expected, progress: Progress) -> None:
    """Fetch what the part lacks, trying again for as long as bytes keep coming."""
    at_first = most = part.done
    failures = 0
    while part.done != expected.size:
        try:
            _fetch(url, part, expected, progress)
            break
        except DownloadError:
            raise
        except (OSError, HTTPException) as error:
            failures = failures + 1 if part.done <= most else 1
            most = max(most, part.done)
            if failures > len(PAUSES_SECONDS) or not passing(error, most > at_first):
                raise DownloadError(f"{url}: {told(error)}{_kept(part, expected)}") from error
        time.sleep(PAUSES_SECONDS[failures - 1])


def _fetch(url: str, part: Part, expected: _Expected, progress: Progress) -> None:
    """Go on from the part for as long as one connection gives bytes."""
    with ask(url, part.done if _resumes(part, expected) else 0, part.version) as answer:
        if expected.size is not None and answer.total not in (None, expected.size):
            raise DownloadError(
                f"{url} is not the expected file: the server offers {answer.total:,} bytes "
                f"instead of {expected.size:,}{_kept(part, expected)}"
            )
        if answer.start == 0:
            part.restart(answer.version)
        elif answer.start != part.done or not answer.continues(part.version):
            part.restart("")
            raise ConnectionError("the server went on from another place or another version")
        total = expected.size or answer.total or 0
        progress(part.done, total)
        for block in answer.blocks:
            part.append(block)
            progress(part.done, total)
            if expected.size is not None and part.done > expected.size:
                return
    if part.done < total:
        raise ConnectionError(f"the connection ended after {part.done:,} of {total:,} bytes")


def _put_in_place(url: str, part: Part, expected: _Expected, path: Path) -> None:
    """Give the part its name if it is what was expected, else set it aside."""
    if fault := expected.fault(part.done, part.hexdigest):
        wrong = path.with_name(path.name + ".wrong")
        part.move(wrong)
        raise DownloadError(
            f"{url} did not give the expected file: {fault}; "
            f"what came is now {wrong}, and the next try begins anew"
        )
    part.move(path)


def _resumes(part: Part, expected: _Expected) -> bool:
    """Tell whether a part can be gone on from.

    Without a version and a hash nothing would tell that the file has changed since.
    """
    return part.done > 0 and bool(part.version or expected.hash)


def _kept(part: Part, expected: _Expected) -> str:
    if not _resumes(part, expected):
        return ""
    return f"; {part.done:,} bytes are kept in {part.path}, and the same command goes on from there"
