"""Lists the files of a dataset in a Dataverse repository, with size and checksum of each."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from experiments.common.archive import safe
from experiments.common.fetching import RemoteFile, ask_listing

HARVARD = "https://dataverse.harvard.edu"


def list_files(doi: str, server: str = HARVARD) -> list[RemoteFile]:
    """Ask a Dataverse for the files of the latest version of a dataset, `doi:10.…/…`.

    Raises DownloadError where there is no answer, or not the one of a Dataverse.
    """
    url = f"{server}/api/datasets/:persistentId/?persistentId={quote(doi, safe='')}"
    return ask_listing(
        url,
        "a Dataverse",
        lambda answer: [
            _remote_file(entry, server) for entry in answer["data"]["latestVersion"]["files"]
        ],
    )


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
