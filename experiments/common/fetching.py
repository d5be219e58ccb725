"""Downloads a dataset whose repository lists the size and the checksum of each file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import Any

from core.dataset import StepProgress
from core.document import read_document
from core.download import download
from core.errors import DataError, DownloadError
from core.remote import ask, told
from experiments.common.archive import check_reader, check_room, unpack, unpacked_path

# What is raised where another document has something else in the place of what is read.
_ELSE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True)
class RemoteFile:
    """A file of a dataset: where it goes, where it comes from, and what it must be."""

    path: Path
    url: str
    size: int
    digest: str

    def __post_init__(self) -> None:
        if not (isinstance(self.url, str) and isinstance(self.digest, str) and self.size >= 0):
            raise ValueError(f"{self.path} has no address, no size or no checksum")


def ask_listing(
    url: str, repository: str, read: Callable[[Any], list[RemoteFile]]
) -> list[RemoteFile]:
    """Ask a repository, "a Dataverse" or another, for the files of a dataset.

    `read` turns its answer, a JSON document, into files.
    Raises DownloadError where there is no answer, or not the one of such a repository.
    """
    try:
        with ask(url) as answer:
            document = read_document(b"".join(answer.blocks))
        return read(document)
    except (OSError, HTTPException) as error:
        raise DownloadError(f"{url}: {told(error)}") from error
    except _ELSE as error:
        raise DownloadError(f"{url} does not answer as {repository} does ({error!r})") from error


def fetch_dataset(files: Sequence[RemoteFile], folder: Path, progress: StepProgress) -> None:
    """Download files into a folder and unpack the archives among them.

    All of it is gathered in a folder beside, `<name>.part`, from which an interrupted download
    goes on, and which gets its name at the end: the folder is whole or absent.
    Raises DownloadError or DataError, with what has arrived kept.
    """
    for file in files:
        check_reader(file.path)  # better before gigabytes than after
    part = folder.with_name(f"{folder.name}.part")
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise DataError(f"{folder} is not empty; give a folder that is not there yet")
        part.mkdir(parents=True, exist_ok=True)
        check_room(part, sum(file.size for file in files) - _size(part))
        for file in files:
            _fetch_one(file, part, progress)
        for refused in part.rglob("*.wrong"):  # set aside by an earlier download
            refused.unlink()
        part.rename(folder)
    except DownloadError:
        raise
    except OSError as error:
        raise DataError(f"cannot put the dataset into {folder}: {error}") from error


def _fetch_one(file: RemoteFile, part: Path, progress: StepProgress) -> None:
    target = part / file.path
    unpacked = unpacked_path(target)
    if unpacked and unpacked.is_dir():
        return
    tell = partial(progress, f"downloading {file.path}")
    download(file.url, target, size=file.size, digest=file.digest, progress=tell)
    if unpacked:
        unpack(target, unpacked, partial(progress, f"unpacking {file.path}"))
        target.unlink()


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
