"""Corpora that are records of Zenodo, which lists size and checksum of each file."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic

from core import Inspection
from core.dataset import StepProgress
from core.errors import DownloadError
from experiments.common.archive import safe
from experiments.common.corpora import Corpus, Survey
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

    def fetch(self, folder: Path, progress: StepProgress, server: str = ZENODO) -> None:
        """Put every file of the record into a folder, archives unpacked.

        Raises DownloadError, with the steps to take by hand, where the repository is out of reach,
        and DataError where the disk does not take it.
        """
        try:
            fetch_dataset(list_files(self.number, server), folder, progress)
        except DownloadError as error:
            raise DownloadError(
                f"{error}. By hand: get all files of {ZENODO}/records/{self.number} with a "
                f"browser, unpack the archives into {folder}, "
                f"then check it with: sonoplan data {self.dataset} {folder}"
            ) from error


@dataclass(frozen=True)
class ZenodoCorpus(Generic[Corpus]):
    """A corpus in a folder of the user, which a record of Zenodo is the whole of, or a part of it.

    `survey` looks at a folder and reads it, as the whole or, where that is True, as a part.
    """

    record: ZenodoRecord
    survey: Callable[[Path, bool], Survey[Corpus]]

    def load(self, folder: Path, part: bool = False) -> Corpus:
        """Read the corpus; of a part, what its table lists and is not there is passed over.

        Raises DataError, which names the files, for whatever is damaged, unknown or, in the whole
        corpus, missing.
        """
        return self.survey(folder, part).sound("" if part else self.record.way_on)

    def inspect_whole(self, folder: Path) -> Inspection:
        """Compare a folder with the whole corpus."""
        return self.survey(folder, False).inspection

    def inspect_part(self, folder: Path) -> Inspection:
        """Count what is there of the corpus; nothing particular is expected."""
        return self.survey(folder, True).inspection


def list_files(number: int, server: str = ZENODO) -> list[RemoteFile]:
    """Ask Zenodo for the files of a record.

    Raises DownloadError where there is no answer, or not the one of Zenodo.
    """
    url = f"{server}/api/records/{number}"
    return ask_listing(url, "Zenodo", lambda answer: [_file(entry) for entry in answer["files"]])


def _file(entry: dict[str, Any]) -> RemoteFile:
    path = Path(safe(entry["key"]))
    return RemoteFile(path, entry["links"]["self"], int(entry["size"]), entry["checksum"])
