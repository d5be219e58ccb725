"""Records of a Zenodo that answers well and badly, with archives of both kinds."""

import hashlib
import json
import random
import sys

import pytest
from packed import contents, tarred, zipped

from core import download
from core.errors import DataError, DownloadError
from experiments.common.zenodo import ZenodoRecord, list_files
from experiments.retrieval import clotho
from experiments.sed import backgrounds, fsdkaggle2018
from experiments.transcoder import sonyc, tau, urbansound8k
from local_dataverse import dataverse

SOUND = random.Random(3).randbytes(100_000)
RECORD = ZenodoRecord(12, "some")


FILES = {
    "audio-0.tar.gz": tarred({"audio-0/a.wav": SOUND}),
    "doc.v1.zip": zipped({"read me.txt": b"read"}),
    "annotations.csv": b"split\ntrain\n",
}
WHOLE = {
    "audio-0/audio-0/a.wav": SOUND,
    "doc.v1/read me.txt": b"read",
    "annotations.csv": b"split\ntrain\n",
}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(download, "PAUSES_SECONDS", (0.01, 0.01, 0.01))
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def site():
    with dataverse({}) as site:
        publish(site, RECORD.number, FILES)
        yield site


def publish(site, number, files):
    """Let the site answer as Zenodo does for a record."""
    entries = []
    for name, content in files.items():
        path = f"/api/records/{number}/files/{name}/content"
        site.pages[path] = content
        entries.append(
            {
                "key": name,
                "size": len(content),
                "checksum": f"md5:{hashlib.md5(content).hexdigest()}",
                "links": {"self": f"{site.server}{path}"},
            }
        )
    site.pages[f"/api/records/{number}"] = json.dumps({"id": number, "files": entries}).encode()


def quiet(step, done, total):
    pass


def test_the_listing_says_where_files_go_and_what_they_must_be(site):
    first, *_, last = list_files(12, site.server)
    assert (str(first.path), str(last.path)) == ("audio-0.tar.gz", "annotations.csv")
    assert last.url == f"{site.server}/api/records/12/files/annotations.csv/content"
    assert (last.size, last.digest) == (
        12,
        f"md5:{hashlib.md5(FILES['annotations.csv']).hexdigest()}",
    )


def test_a_record_is_fetched_and_its_archives_unpacked(site, tmp_path):
    told = []
    RECORD.fetch(tmp_path / "new", lambda *step: told.append(step), site.server)
    assert contents(tmp_path / "new") == WHOLE
    assert list(dict.fromkeys(step for step, _, _ in told)) == [
        "downloading audio-0.tar.gz",
        "unpacking audio-0.tar.gz",
        "downloading doc.v1.zip",
        "unpacking doc.v1.zip",
        "downloading annotations.csv",
    ]
    unpacking = [step[1:] for step in told if step[0] == "unpacking audio-0.tar.gz"]
    assert unpacking[-1] == (len(FILES["audio-0.tar.gz"]),) * 2


def test_a_broken_download_goes_on_where_it_was(site, tmp_path):
    site.cuts = [None, 40_000, 0, 0, 0]  # the listing comes whole
    with pytest.raises(DownloadError, match="40,000 bytes are kept"):
        RECORD.fetch(tmp_path / "new", quiet, site.server)
    site.asked.clear()
    RECORD.fetch(tmp_path / "new", quiet, site.server)
    assert contents(tmp_path / "new") == WHOLE
    assert site.asked[1] == ("/api/records/12/files/audio-0.tar.gz/content", "bytes=40000-")


def test_another_content_than_listed_is_refused(site, tmp_path):
    site.pages["/api/records/12/files/annotations.csv/content"] = b"split\ntest!\n"
    with pytest.raises(DownloadError, match="md5"):
        RECORD.fetch(tmp_path / "new", quiet, site.server)
    assert not (tmp_path / "new").exists()


def test_a_listed_file_that_leads_out_is_refused(site, tmp_path):
    publish(site, 12, {"../evil.txt": b"evil"})
    with pytest.raises(DownloadError, match="lead out"):
        RECORD.fetch(tmp_path / "new", quiet, site.server)


@pytest.mark.parametrize("answer", [b"<html>busy</html>", b"{}", b'{"files": [{"key": "a"}]}'])
def test_an_answer_of_something_else_is_refused(site, answer):
    site.pages["/api/records/12"] = answer
    with pytest.raises(DownloadError, match="does not answer as Zenodo does"):
        list_files(12, site.server)


def test_a_record_out_of_reach_tells_the_steps_by_hand(site, tmp_path):
    with pytest.raises(DownloadError) as caught:
        ZenodoRecord(13, "tau").fetch(tmp_path / "new", quiet, site.server)
    told = str(caught.value)
    for words in (
        "answers 404",
        "https://zenodo.org/records/13",
        f"unpack the archives into {tmp_path / 'new'}",
        f"sonoplan data tau {tmp_path / 'new'}",
    ):
        assert words in told
    assert not list(tmp_path.iterdir())


def test_a_folder_with_something_in_it_is_left_alone(site, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(DataError, match="is not empty"):
        RECORD.fetch(tmp_path, quiet, site.server)


@pytest.mark.parametrize(
    ("fetch", "number"),
    [
        (urbansound8k.fetch, 1203745),
        (sonyc.fetch, 3966543),
        (tau.fetch, 3819968),
        (clotho.fetch, 4783391),
        (fsdkaggle2018.fetch, 2552860),
        (backgrounds.fetch_tut2018, 1228142),
        (backgrounds.fetch_tau2019, 2589280),
    ],
)
def test_each_corpus_is_fetched_from_its_record(site, tmp_path, fetch, number):
    publish(site, number, FILES)
    fetch(tmp_path / "new", quiet, site.server)
    assert contents(tmp_path / "new") == WHOLE


def test_what_cannot_be_unpacked_is_not_downloaded(site, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "py7zr", None)
    publish(site, 12, {**FILES, "clotho_audio_development.7z": b"7z"})
    with pytest.raises(DataError, match=r"clotho_audio_development\.7z needs py7zr"):
        RECORD.fetch(tmp_path / "new", quiet, site.server)
    assert [path for path, *_ in site.asked] == ["/api/records/12"]
    assert not list(tmp_path.iterdir())
