"""Downloads a record of Zenodo, which lists size and checksum of each file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.dataset import StepProgress
from core.errors import DownloadError
from experiments.common.archive import safe
from experiments.common.fetching import RemoteFile, ask_listing, fetch_dataset

ZENODO = "https://zenodo.org"


@dataclass(frozen=True)
class ZenodoRecord:
    """A record by its number, and the name of the dataset that it is the whole of."""

    number: int
    dataset: str

    @property
    def way_on(self) -> str:
        """What to do with a folder that does not hold the whole of it."""
        return f"a part of it is {self.dataset}-part; the whole: sonoplan data {self.dataset} PATH"


def list_files(number: int, server: str = ZENODO) -> list[RemoteFile]:
    """Ask Zenodo for the files of a record.

    Raises DownloadError where there is no answer, or not the one of Zenodo.
    """
    url = f"{server}/api/records/{number}"
    return ask_listing(url, "Zenodo", lambda answer: [_file(entry) for entry in answer["files"]])


def fetch_record(
    record: ZenodoRecord, folder: Path, progress: StepProgress, server: str = ZENODO
) -> None:
    """Put every file of a record into a folder, archives unpacked.

    Raises DownloadError, with the steps to take by hand, where the repository is out of reach,
    and DataError where the disk does not take it.
    """
    try:
        fetch_dataset(list_files(record.number, server), folder, progress)
    except DownloadError as error:
        raise DownloadError(
            f"{error}. By hand: get all files of {ZENODO}/records/{record.number} with a browser, "
            f"unpack the archives into {folder}, "
            f"then check it with: sonoplan data {record.dataset} {folder}"
        ) from error


def _file(entry: dict[str, Any]) -> RemoteFile:
    path = Path(safe(entry["key"]))
    return RemoteFile(path, entry["links"]["self"], int(entry["size"]), entry["checksum"])
