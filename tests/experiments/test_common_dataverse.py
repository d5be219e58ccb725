"""Datasets from a Dataverse that answers well, badly, and half."""

import hashlib
import random

import pytest
from packed import contents, zipped

from core import download
from core.errors import DataError, DownloadError
from experiments.common import archive
from experiments.common.dataverse import list_files
from experiments.common.fetching import fetch_dataset
from experiments.icbhi.download import fetch
from local_dataverse import dataverse

DOI = "doi:10.7910/DVN/HT6PKI"
SOUND = random.Random(2).randbytes(100_000)


ZIP = zipped({"database/a.wav": SOUND, "database/a.txt": b"0\t1\t0\t0\n"})


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(download, "PAUSES_SECONDS", (0.01, 0.01, 0.01))
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def site():
    with dataverse({"database.zip": ZIP, "texts/split.txt": b"a\ttrain\r\n"}) as site:
        yield site


def quiet(step, done, total):
    pass


def get(site, folder, progress=quiet):
    fetch_dataset(list_files(DOI, site.server), folder, progress)


WHOLE = {
    "database/database/a.wav": SOUND,
    "database/database/a.txt": b"0\t1\t0\t0\n",
    "texts/split.txt": b"a\ttrain\r\n",
}


def test_the_listing_says_where_files_go_and_what_they_must_be(site):
    first, second = list_files(DOI, site.server)
    assert (str(first.path), str(second.path)) == ("database.zip", "texts/split.txt")
    assert first.url == f"{site.server}/api/access/datafile/700"
    assert (first.size, first.digest) == (len(ZIP), f"md5:{hashlib.md5(ZIP).hexdigest()}")
    assert site.asked[0][0].endswith("?persistentId=doi%3A10.7910%2FDVN%2FHT6PKI")


def test_a_checksum_of_another_kind_is_used_too(site):
    file = site.entries[0]["dataFile"]
    del file["md5"]
    file["checksum"] = {"type": "SHA-256", "value": hashlib.sha256(ZIP).hexdigest()}
    assert list_files(DOI, site.server)[0].digest == f"sha256:{hashlib.sha256(ZIP).hexdigest()}"


def test_a_table_is_asked_for_as_it_was(site):
    entry = site.add("table.tab", b"a\tb\n")
    entry["dataFile"] |= {
        "originalFileName": "table.csv",
        "originalFileSize": 4,
        "md5": hashlib.md5(b"a,b\n").hexdigest(),
    }
    table = list_files(DOI, site.server)[-1]
    assert (str(table.path), table.url[-16:], table.size) == ("table.csv", "?format=original", 4)


def test_files_are_fetched_and_archives_unpacked(site, tmp_path):
    told = []
    get(site, tmp_path / "deep" / "new", lambda *step: told.append(step))
    assert contents(tmp_path / "deep" / "new") == WHOLE
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["new"]
    steps = list(dict.fromkeys(step for step, _, _ in told))
    assert steps == [
        "downloading database.zip",
        "unpacking database.zip",
        "downloading texts/split.txt",
    ]
    assert ("downloading database.zip", len(ZIP), len(ZIP)) in told


def test_an_empty_folder_is_filled(site, tmp_path):
    (tmp_path / "new").mkdir()
    get(site, tmp_path / "new")
    assert contents(tmp_path / "new") == WHOLE


def test_a_broken_download_leaves_no_folder_and_goes_on_later(site, tmp_path):
    site.cuts = [None, 40_000, 0, 0, 0]  # the listing comes whole
    with pytest.raises(DownloadError, match="40,000 bytes are kept"):
        get(site, tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["new.part"]
    site.asked.clear()
    get(site, tmp_path / "new")
    assert contents(tmp_path / "new") == WHOLE
    assert site.asked[1] == ("/api/access/datafile/700", "bytes=40000-")


def test_an_unpacked_archive_is_not_fetched_again(site, tmp_path):
    split = site.pages.pop("/api/access/datafile/701")
    with pytest.raises(DownloadError, match="404"):
        get(site, tmp_path / "new")
    site.pages["/api/access/datafile/701"] = split
    site.asked.clear()
    get(site, tmp_path / "new")
    assert contents(tmp_path / "new") == WHOLE
    assert "/api/access/datafile/700" not in dict(site.asked)


def test_another_content_than_listed_is_refused(site, tmp_path):
    site.pages["/api/access/datafile/700"] = ZIP[:-1] + b"x"
    with pytest.raises(DownloadError, match="md5"):
        get(site, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    site.pages["/api/access/datafile/700"] = ZIP
    get(site, tmp_path / "new")
    assert contents(tmp_path / "new") == WHOLE


@pytest.mark.parametrize("name", ["../evil.txt", "/evil.txt"])
def test_a_listed_file_that_leads_out_is_refused(site, tmp_path, name):
    del site.entries[1]["directoryLabel"]
    site.entries[1]["dataFile"]["filename"] = name
    with pytest.raises(DownloadError, match="lead out"):
        get(site, tmp_path / "new")
    assert not list(tmp_path.rglob("evil.txt"))


def test_a_folder_with_something_in_it_is_left_alone(site, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(DataError, match="is not empty"):
        get(site, tmp_path)
    assert contents(tmp_path) == {"mine.txt": b"mine"}


def test_room_is_looked_for_first(site, tmp_path, monkeypatch):
    usage = archive.shutil.disk_usage(tmp_path)._replace(free=10)
    monkeypatch.setattr(archive.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(DataError, match="make room"):
        get(site, tmp_path / "new")
    assert len(site.asked) == 1


@pytest.mark.parametrize("answer", [b"<html>busy</html>", b"{}", b'{"data": []}', b"[]"])
def test_an_answer_of_something_else_is_refused(site, answer):
    site.pages["listing"] = answer
    with pytest.raises(DownloadError, match="does not answer as a Dataverse does"):
        list_files(DOI, site.server)


def test_icbhi_out_of_reach_tells_the_steps_by_hand(site, tmp_path):
    site.statuses = [403]
    with pytest.raises(DownloadError) as caught:
        fetch(tmp_path / "new", quiet, site.server)
    told = str(caught.value)
    for words in (
        "answers 403",
        "https://doi.org/10.7910/DVN/HT6PKI",
        f"unpack the zip into {tmp_path / 'new'}",
        "ICBHI_challenge_train_test.txt",
        "https://bhichallenge.med.auth.gr",
        f"sonoplan data icbhi {tmp_path / 'new'}",
    ):
        assert words in told
    assert not list(tmp_path.iterdir())
