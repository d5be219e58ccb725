"""Files fetched from a server that breaks off, lies and changes its mind."""

import hashlib
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core import download as module
from core import remote
from core.download import download, fault_of
from core.errors import DownloadError
from core.part import part_of
from local_server import serving

ROOT = Path(__file__).parents[2]
CONTENT = random.Random(1).randbytes(3_000_000)
SIZE = len(CONTENT)
DIGEST = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(module, "PAUSES_SECONDS", (0.01, 0.01, 0.01))
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def site():
    with serving(CONTENT) as site:
        yield site


@pytest.fixture
def path(tmp_path):
    return tmp_path / "sub" / "file"


def left_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def ranges(site) -> list[str]:
    return [wanted for _, wanted in site.asked]


def leave_part(site, path, done: int, **known: object) -> None:
    """Let a first call get so far and no further."""
    site.cuts = [done, 0, 0, 0]
    with pytest.raises(DownloadError, match=f"{done:,} bytes are kept"):
        download(site.url, path, **known)
    assert part_of(path).stat().st_size == done
    site.asked.clear()
    site.headers.clear()


def test_a_file_comes_whole_and_nothing_else_is_left(site, path):
    seen = []
    given = download(
        site.url, path, size=SIZE, digest=DIGEST, progress=lambda *now: seen.append(now)
    )
    assert given == path
    assert path.read_bytes() == CONTENT
    assert left_in(path.parent) == ["file"]
    assert (seen[0], seen[-1]) == ((0, SIZE), (SIZE, SIZE))
    assert seen == sorted(seen)


@pytest.mark.parametrize("known", [{}, {"size": SIZE}, {"digest": DIGEST}])
def test_what_is_there_is_not_fetched_again(site, path, known):
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    assert download(site.url, path, **known) == path
    assert site.asked == []


@pytest.mark.parametrize("other", [b"short", CONTENT[:-1] + b"?", None])
def test_another_file_in_its_place_is_refused_and_left_alone(site, path, other):
    path.mkdir(parents=True) if other is None else path.parent.mkdir()
    if other is not None:
        path.write_bytes(other)
    with pytest.raises(DownloadError, match=r"sub/file is not the expected file: .*move or delete"):
        download(site.url, path, size=SIZE, digest=DIGEST)
    assert site.asked == []
    assert left_in(path.parent) == ["file"]
    assert other is None or path.read_bytes() == other


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_broken_connection_is_taken_up_where_it_broke(site, path, reset, chunked, monkeypatch):
    if reset:  # which may lose what was on its way: more connections bring nothing
        monkeypatch.setattr(module, "PAUSES_SECONDS", (0.01,) * 9)
    site.reset, site.chunked = reset, chunked
    site.cuts = [700_000, 600_000, 0, 0, 500_000, 0, 0, 100_000]
    download(site.url, path, size=SIZE, digest=DIGEST)
    assert path.read_bytes() == CONTENT
    assert len(site.asked) == 9
    if not reset:
        assert ranges(site)[-1] == "bytes=1900000-"
        assert site.headers[-1]["If-Range"] == '"1"'


def test_a_silent_connection_is_given_up_and_taken_up(site, path, monkeypatch):
    monkeypatch.setattr(remote, "TIMEOUT_SECONDS", 0.2)
    site.cuts, site.stalls = [1000], True
    download(site.url, path, digest=DIGEST)
    assert ranges(site) == ["", "bytes=1000-"]


def test_what_has_arrived_is_kept_for_the_next_call(site, path):
    leave_part(site, path, 1_234_567, size=SIZE, digest=DIGEST)
    seen = []
    download(site.url, path, size=SIZE, digest=DIGEST, progress=lambda *now: seen.append(now))
    assert ranges(site) == ["bytes=1234567-"]
    assert seen[0] == (1_234_567, SIZE)
    assert path.read_bytes() == CONTENT
    assert left_in(path.parent) == ["file"]


@pytest.mark.parametrize("change", ["content", "content that If-Range does not keep", "no ranges"])
def test_a_part_of_another_version_is_begun_anew(site, path, change):
    leave_part(site, path, 1000)
    site.ranges = change != "no ranges"
    if site.ranges:
        site.content, site.etag = CONTENT[::-1], '"2"'
        site.heeds_if_range = change == "content"
    download(site.url, path)
    assert path.read_bytes() == site.content
    assert left_in(path.parent) == ["file"]


def test_a_server_that_goes_on_from_another_place_is_asked_for_all(site, path):
    leave_part(site, path, 1000, digest=DIGEST)
    site.shift = 7
    download(site.url, path, digest=DIGEST)
    assert ranges(site) == ["bytes=1000-", ""]
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize(("digest", "wanted"), [("", ""), (DIGEST, "bytes=1000-")])
@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
def test_without_a_version_only_a_hash_allows_to_go_on(site, path, etag, digest, wanted):
    site.etag = etag
    path.parent.mkdir()
    part_of(path).write_bytes(CONTENT[:1000])
    download(site.url, path, digest=digest)
    assert ranges(site) == [wanted]
    assert path.read_bytes() == CONTENT


def test_without_an_etag_the_date_is_the_version(site, path):
    site.etag, site.modified = 'W/"weak"', "Mon, 03 Feb 2020 10:00:00 GMT"
    leave_part(site, path, 1000)
    download(site.url, path)
    assert ranges(site) == ["bytes=1000-"]
    assert site.headers[0]["If-Range"] == site.modified


@pytest.mark.parametrize(("size", "asked"), [(SIZE, []), (None, [f"bytes={SIZE}-"])])
def test_a_part_that_is_complete_only_needs_its_name(site, path, size, asked):
    path.parent.mkdir()
    part_of(path).write_bytes(CONTENT)
    download(site.url, path, size=size, digest=DIGEST)
    assert ranges(site) == asked
    assert left_in(path.parent) == ["file"]


def test_a_part_that_is_too_long_is_begun_anew(site, path):
    path.parent.mkdir()
    part_of(path).write_bytes(CONTENT + b"more")
    download(site.url, path, size=SIZE, digest=DIGEST)
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize("algorithm", ["sha256", "md5"])
def test_wrong_bytes_are_set_aside_and_the_next_call_begins_anew(site, path, algorithm):
    site.content = CONTENT[::-1]
    wanted, found = (hashlib.new(algorithm, c).hexdigest() for c in (CONTENT, site.content))
    digest = f"{algorithm}:{wanted}"
    with pytest.raises(DownloadError, match=f"its {algorithm} is {found} instead of {wanted}"):
        download(site.url, path, size=SIZE, digest=digest)
    assert left_in(path.parent) == ["file.wrong"]
    site.content, site.etag = CONTENT, '"2"'
    download(site.url, path, size=SIZE, digest=digest)
    assert ranges(site)[-1] == ""
    assert path.read_bytes() == CONTENT


def test_a_file_of_another_length_is_not_even_fetched(site, path):
    leave_part(site, path, 1000, size=SIZE)
    site.content, site.etag = b"<html>please log in</html>", ""
    with pytest.raises(DownloadError, match=r"offers 26 bytes instead of 3,000,000; 1,000 bytes"):
        download(site.url, path, size=SIZE)
    assert part_of(path).stat().st_size == 1000


def test_a_stream_longer_than_expected_is_cut(site, path):
    site.chunked = True
    with pytest.raises(DownloadError, match="instead of 999,999"):
        download(site.url, path, size=999_999)
    assert left_in(path.parent) == ["file.wrong"]
    assert path.with_name("file.wrong").stat().st_size < SIZE


def test_nothing_is_promised_of_a_part_that_cannot_be_gone_on_from(site, path):
    site.etag, site.cuts = "", [1000, 1000, 1000, 1000]
    with pytest.raises(DownloadError) as caught:
        download(site.url, path)
    assert "ended after 1,000 of 3,000,000 bytes" in str(caught.value)
    assert "kept" not in str(caught.value)


def test_a_length_that_never_comes_is_no_whole_file(site, path):
    site.length, site.ranges = SIZE + 5, False
    with pytest.raises(DownloadError, match=r"ended after 3,000,000 of 3,000,005 bytes"):
        download(site.url, path)
    assert not path.exists()


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_refusal_is_told_at_once_and_leaves_no_trace(site, path, status):
    site.statuses = [status] * 9
    with pytest.raises(DownloadError, match=f"127.0.0.1.*/file: the server answers {status}"):
        download(site.url, path)
    assert len(site.asked) == 1
    assert left_in(path.parent) == []


def test_a_busy_server_is_asked_again(site, path):
    site.statuses = [503, 429, 200]
    download(site.url, path, digest=DIGEST)
    assert len(site.asked) == 3


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_server_or_no_trusted_one_is_told_at_once(site, path, scheme, monkeypatch):
    monkeypatch.setattr(module, "PAUSES_SECONDS", (5.0,))
    url = site.url.replace("http", scheme)
    if scheme == "http":
        url = "http://127.0.0.1:1/file"  # where nobody listens
    began = time.monotonic()
    with pytest.raises(DownloadError, match=rf"{url}: no connection \("):
        download(url, path)
    assert time.monotonic() - began < 4
    assert left_in(path.parent) == []


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "file:///etc/hostname", "/etc/hostname"])
def test_only_the_web_is_read(path, url):
    with pytest.raises(DownloadError, match="http and https only"):
        download(url, path)


def test_redirections_are_followed_within_the_web(site, path):
    leave_part(site, path, 1000, digest=DIGEST)
    moved, site.redirect = site.url.replace("/file", "/moved"), site.url
    download(moved, path, digest=DIGEST)
    assert site.asked == [("/moved", "bytes=1000-"), ("/file", "bytes=1000-")]
    site.redirect = "ftp://127.0.0.1/file"
    with pytest.raises(DownloadError, match="unknown url type: ftp"):
        download(moved, path.with_name("other"))


def test_an_empty_file_is_a_file(site, path):
    site.content = b""
    assert download(site.url, path).read_bytes() == b""
    assert left_in(path.parent) == ["file"]


@pytest.mark.parametrize("digest", ["1234", "sha256:", "crc32:1234"])
def test_a_digest_says_its_kind(path, digest):
    with pytest.raises(DownloadError, match="write sha256:HEX or md5:HEX"):
        download("http://127.0.0.1:1/file", path, digest=digest)


def test_faults_of_a_file_are_named(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    assert fault_of(path) == ""
    assert fault_of(path, size=3, digest="md5:900150983cd24fb0d6963f7d28e17f72") == ""
    assert fault_of(path, size=4) == "it has 3 bytes instead of 4"
    assert "its sha256 is ba7816bf" in fault_of(path, size=3, digest="sha256:00")
    assert fault_of(path, digest="sha256:BA7816BF") == "", "the first digits do"


def start(url: str, path: Path, before: str = "") -> subprocess.Popen[str]:
    """Fetch in another process; it prints how it ended."""
    code = (
        f"{before}\nfrom pathlib import Path\nfrom core.download import download\n"
        f"print(download({url!r}, Path({str(path)!r}), size={SIZE}, digest={DIGEST!r}))"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_for(condition) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_of_two_processes_one_fetches_and_both_have_the_file(site, path):
    site.cuts, site.stalls = [1000], True
    with start(site.url, path) as first:
        wait_for(lambda: part_of(path).exists() and part_of(path).stat().st_size == 1000)
        with start(site.url, path) as second:
            time.sleep(0.5)  # so that it comes to wait
            assert second.poll() is None
            site.stall.set()
            outputs = [first.communicate(timeout=30), second.communicate(timeout=30)]
    assert outputs == [(f"{path}\n", "")] * 2
    assert ranges(site) == ["", "bytes=1000-"]
    assert left_in(path.parent) == ["file"]


def test_a_killed_process_is_followed_by_one_that_goes_on(site, path):
    site.cuts, site.stalls = [2_000_000], True
    with start(site.url, path) as first:
        wait_for(lambda: part_of(path).exists() and part_of(path).stat().st_size == 2_000_000)
        first.send_signal(signal.SIGKILL)
        first.communicate()
    download(site.url, path, size=SIZE, digest=DIGEST)
    assert ranges(site) == ["", "bytes=2000000-"]
    assert path.read_bytes() == CONTENT


def test_a_full_disk_is_told_and_what_fitted_is_kept(site, path):
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))"
    with start(site.url, path, limit) as process:
        _, err = process.communicate(timeout=30)
    assert f"DownloadError: cannot write {path}.part: File too large" in err
    assert part_of(path).stat().st_size == 1_500_000
    download(site.url, path, size=SIZE, digest=DIGEST)
    assert ranges(site)[-1] == "bytes=1500000-"


def test_a_folder_that_cannot_be_made_is_named(site, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DownloadError, match=r"cannot write .*file/sub/x.part: Not a directory"):
        download(site.url, tmp_path / "file" / "sub" / "x")
