"""Downloads the whole ICBHI 2017 database from the Harvard Dataverse."""

from pathlib import Path

from core.dataset import StepProgress
from core.errors import DownloadError
from experiments.common.dataverse import HARVARD, list_files
from experiments.common.fetching import fetch_dataset
from experiments.icbhi.corpus import CHALLENGE

DOI = "10.7910/DVN/HT6PKI"


def fetch(folder: Path, progress: StepProgress, server: str = HARVARD) -> None:
    """Put every file of the published dataset into a folder, archives unpacked.

    Raises DownloadError, with the steps to take by hand, where the repository is out of reach,
    and DataError where the disk does not take it.
    """
    try:
        fetch_dataset(list_files(f"doi:{DOI}", server), folder, progress)
    except DownloadError as error:
        raise DownloadError(f"{error}. {_by_hand(folder)}") from error


def _by_hand(folder: Path) -> str:
    return (
        f"By hand: get all files of https://doi.org/{DOI} with a browser, unpack the zip into "
        f"{folder}, and put there too, if it lacks them, ICBHI_challenge_train_test.txt and "
        f"ICBHI_Challenge_demographic_information.txt from {CHALLENGE}; "
        f"then check it with: sonoplan data icbhi {folder}"
    )
