"""Downloads a dataset from a Dataverse repository, which lists size and checksum of each file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote

from core.dataset import StepProgress
from core.download import download
from core.errors import DataError, DownloadError
from core.remote import ask, told
from experiments.common.archive import check_room, safe, unpack

HARVARD = "https://dataverse.harvard.edu"


@dataclass(frozen=True)
class RemoteFile:
    """A file of a dataset: where it goes, where it comes from, and what it must be."""

    path: Path
    url: str
    size: int
    digest: str


def list_files(doi: str, server: str = HARVARD) -> list[RemoteFile]:
    """Ask a Dataverse for the files of the latest version of a dataset, `doi:10.…/…`.

    Raises DownloadError where there is no answer, or not the one of a Dataverse.
    """
    url = f"{server}/api/datasets/:persistentId/?persistentId={quote(doi, safe='')}"
    try:
        with ask(url) as answer:
            document = json.loads(b"".join(answer.blocks))
        listed = document["data"]["latestVersion"]["files"]
        return [_remote_file(entry, server) for entry in listed]
    except (OSError, HTTPException) as error:
        raise DownloadError(f"{url}: {told(error)}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DownloadError(f"{url} does not answer as a Dataverse does ({error!r})") from error


def fetch_dataset(files: Sequence[RemoteFile], folder: Path, progress: StepProgress) -> None:
    """Download files into a folder and unpack the zip archives among them.

    All of it is gathered in a folder beside, `<name>.part`, from which an interrupted download
    goes on, and which gets its name at the end: the folder is whole or absent.
    Raises DownloadError or DataError, with what has arrived kept.
    """
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
    packed = target.suffix.lower() == ".zip"
    unpacked = target.with_suffix("")
    if packed and unpacked.is_dir():
        return
    tell = partial(progress, f"downloading {file.path}")
    download(file.url, target, size=file.size, digest=file.digest, progress=tell)
    if packed:
        unpack(target, unpacked, partial(progress, f"unpacking {file.path}"))
        target.unlink()


def _remote_file(entry: Mapping[str, Any], server: str) -> RemoteFile:
    """Read one entry of a listing.

    A table that the Dataverse has turned into its own format is asked for as it was: the
    checksum is that of the original.
    """
    file = entry["dataFile"]
    url = f"{server}/api/access/datafile/{file['id']}"
    name, size = file["filename"], file["filesize"]
    if "originalFileSize" in file:
        url += "?format=original"
        name, size = file.get("originalFileName", name), file["originalFileSize"]
    checksum = file.get("checksum") or {"type": "MD5", "value": file["md5"]}
    algorithm = checksum["type"].lower().replace("-", "")
    path = safe("/".join(filter(None, [entry.get("directoryLabel"), name])))
    return RemoteFile(Path(path), url, int(size), f"{algorithm}:{checksum['value']}")


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
