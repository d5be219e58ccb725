"""Archives that are good, damaged, and out to do harm."""

import io
import random
import shutil
import stat
import sys
import tarfile
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest

from core.errors import DataError
from experiments.common.archive import check_reader, unpack, unpacked_path

FILES = {"audio/a.wav": b"sound" * 1000, "audio/b.txt": b"0\t1\t0\t0\n", "read me.txt": b""}


@pytest.fixture
def archive(tmp_path):
    return make(tmp_path / "some.zip", FILES)


def make(path, files, **how):
    with zipfile.ZipFile(path, "w", **how) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return path


def refused(archive, tmp_path, reason):
    """An archive is refused, and nothing is left of it anywhere."""
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DataError, match=reason) as caught:
        unpack(archive, tmp_path / "new")
    assert sorted(tmp_path.rglob("*")) == before
    return str(caught.value)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_all_files_come_out_in_their_folders(tmp_path, method):
    make(tmp_path / "some.zip", FILES, compression=method)
    seen = []
    unpack(tmp_path / "some.zip", tmp_path / "new", lambda *now: seen.append(now))
    found = [path for path in (tmp_path / "new").rglob("*") if path.is_file()]
    assert {str(p.relative_to(tmp_path / "new")): p.read_bytes() for p in found} == FILES
    assert seen == [(5000, 5008), (5008, 5008), (5008, 5008)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "some.zip"]


def test_folders_of_an_archive_are_made(tmp_path):
    with zipfile.ZipFile(tmp_path / "some.zip", "w") as opened:
        opened.mkdir("empty")
    unpack(tmp_path / "some.zip", tmp_path / "new")
    assert (tmp_path / "new" / "empty").is_dir()


@pytest.mark.parametrize(
    "name", ["../evil.txt", "a/../../evil.txt", "/evil.txt", "..", "..\\evil.txt", "C:\\evil.txt"]
)
def test_a_member_that_leads_out_is_refused(tmp_path, name):
    archive = make(tmp_path / "some.zip", {"good.txt": b"1", name: b"evil"})
    assert "evil" in refused(archive, tmp_path, "lead out of its folder") or name == ".."


def test_a_link_is_refused(tmp_path):
    link = zipfile.ZipInfo("passwords")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "some.zip", "w") as opened:
        opened.writestr(link, "/etc/passwd")
    refused(tmp_path / "some.zip", tmp_path, "'passwords' is a link")


@pytest.mark.parametrize("twin", ["a.txt", "./a.txt", "a.txt/"])
def test_a_file_that_is_there_twice_is_refused(tmp_path, twin):
    with zipfile.ZipFile(tmp_path / "some.zip", "w") as opened:
        opened.writestr("a.txt", "1")
        if twin == "a.txt":
            with pytest.warns(UserWarning, match="Duplicate"):
                opened.writestr(twin, "2")
        else:
            opened.writestr(twin, "")
    refused(tmp_path / "some.zip", tmp_path, "twice")


def test_a_file_that_is_a_folder_as_well_is_refused(tmp_path):
    archive = make(tmp_path / "some.zip", {"a": b"1", "a/b": b"2"})
    refused(archive, tmp_path, "cannot unpack")


def test_a_changed_byte_is_found_by_the_checksum(tmp_path, archive):
    damaged = archive.read_bytes().replace(b"soundsound", b"soundSound", 1)
    archive.write_bytes(damaged)
    assert "some.zip is damaged" in refused(archive, tmp_path, "Bad CRC")


@pytest.mark.parametrize("cut", [0, 100, -30])
def test_a_piece_of_an_archive_is_refused(tmp_path, archive, cut):
    archive.write_bytes(archive.read_bytes()[:cut])
    refused(archive, tmp_path, "is damaged")


def test_an_encrypted_archive_is_refused(tmp_path, archive):
    content = archive.read_bytes()
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(mark) + place
        content = content[:at] + bytes([content[at] | 1]) + content[at + 1 :]
    archive.write_bytes(content)
    refused(archive, tmp_path, "encrypted")


def test_room_is_looked_for_before_anything_is_written(tmp_path, archive, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**10, 10**10 - 100, 100))
    refused(archive, tmp_path, "room for 0.0 GB")


def test_what_is_there_is_not_overwritten(tmp_path, archive):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "mine.txt").write_text("mine")
    refused(archive, tmp_path, "cannot unpack")


def test_an_interruption_leaves_nothing_and_what_one_left_is_swept(tmp_path, archive):
    def interrupt(done, total):
        raise KeyboardInterrupt

    (tmp_path / "new.part").mkdir()
    (tmp_path / "new.part" / "old").write_text("killed here")
    with pytest.raises(KeyboardInterrupt):
        unpack(archive, tmp_path / "new", interrupt)
    assert list(tmp_path.iterdir()) == [archive]


# Packed tars


def make_tar(path, members):
    with tarfile.open(path, "w:gz") as opened:
        for member, content in members:
            member.size = len(content)
            opened.addfile(member, io.BytesIO(content))
    return path


def tar(path, files=FILES):
    return make_tar(path, [(tarfile.TarInfo(name), content) for name, content in files.items()])


@pytest.mark.parametrize("name", ["some.tar.gz", "some.tgz"])
def test_all_files_of_a_tar_come_out_in_their_folders(tmp_path, name):
    archive = tar(tmp_path / name)
    seen = []
    unpack(archive, tmp_path / "new", lambda *now: seen.append(now))
    found = [path for path in (tmp_path / "new").rglob("*") if path.is_file()]
    assert {str(p.relative_to(tmp_path / "new")): p.read_bytes() for p in found} == FILES
    assert seen[-1] == (archive.stat().st_size,) * 2


@pytest.mark.parametrize("name", ["../evil.txt", "/evil.txt", "a/../../evil.txt"])
def test_a_member_of_a_tar_that_leads_out_is_refused(tmp_path, name):
    refused(tar(tmp_path / "some.tgz", {"good.txt": b"1", name: b"evil"}), tmp_path, "lead out")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_a_link_or_a_pipe_in_a_tar_is_refused(tmp_path, kind):
    member = tarfile.TarInfo("a")
    member.type, member.linkname = kind, "/etc/passwd"
    refused(make_tar(tmp_path / "some.tgz", [(member, b"")]), tmp_path, "links are not unpacked")


def test_a_file_that_is_twice_in_a_tar_is_refused(tmp_path):
    members = [(tarfile.TarInfo("a"), b"1"), (tarfile.TarInfo("./a"), b"2")]
    refused(make_tar(tmp_path / "some.tgz", members), tmp_path, "twice")


def test_a_damaged_tar_is_refused(tmp_path):
    good = tar(tmp_path / "good.tgz", {"a": random.Random(1).randbytes(50_000)}).read_bytes()
    flipped = bytearray(good)
    flipped[25_000] ^= 255
    for damage in (good[:20_000], good[:-6], bytes(flipped), b"nothing", b""):
        archive = tmp_path / "some.tgz"
        archive.write_bytes(damage)
        assert "download it again" in refused(archive, tmp_path, "damaged")


@pytest.mark.parametrize(
    ("name", "unpacked"),
    [
        ("a.b.zip", "a.b"),
        ("a.TAR.gz", "a"),
        ("a.tgz", "a"),
        ("a.7z", "a"),
        ("a.csv", None),
        ("a.gz", None),
    ],
)
def test_an_archive_is_unpacked_beside_itself(name, unpacked):
    assert unpacked_path(Path("x", name)) == (unpacked and Path("x", unpacked))


# 7z


@pytest.fixture
def py7zr():
    return pytest.importorskip("py7zr", reason="reading 7z needs py7zr: pip install 'py7zr>=1'")


def make_7z(py7zr, path, files=FILES):
    with py7zr.SevenZipFile(path, "w") as opened:
        for name, content in files.items():
            opened.writestr(content, name)
    return path


def test_all_files_of_a_7z_come_out_in_their_folders(py7zr, tmp_path):
    archive = make_7z(py7zr, tmp_path / "some.7z")
    seen = []
    unpack(archive, tmp_path / "new", lambda *now: seen.append(now))
    found = [path for path in (tmp_path / "new").rglob("*") if path.is_file()]
    assert {str(p.relative_to(tmp_path / "new")): p.read_bytes() for p in found} == FILES
    assert seen == [(0, 0), (5008, 5008)]


def test_a_member_of_a_7z_that_leads_out_is_refused(py7zr, tmp_path):
    archive = make_7z(py7zr, tmp_path / "some.7z", {"good.txt": b"1", "..\\evil.txt": b"evil"})
    refused(archive, tmp_path, "lead out")


def test_a_link_in_a_7z_is_refused(py7zr, tmp_path):
    (tmp_path / "link").symlink_to("/etc/passwd")
    with py7zr.SevenZipFile(tmp_path / "some.7z", "w") as opened:
        opened.write(tmp_path / "link", "passwords")
    refused(tmp_path / "some.7z", tmp_path, "'passwords' is a link")


def test_a_damaged_7z_is_refused(py7zr, tmp_path):
    sound = random.Random(1).randbytes(50_000)
    good = make_7z(py7zr, tmp_path / "good.7z", {"a": sound}).read_bytes()
    flipped = bytearray(good)
    flipped[25_000] ^= 255
    for damage in (good[:20_000], good[:-6], bytes(flipped), b"nothing", b""):
        archive = tmp_path / "some.7z"
        archive.write_bytes(damage)
        assert "download it again" in refused(archive, tmp_path, "damaged")


def test_an_encrypted_7z_is_refused(py7zr, tmp_path):
    with py7zr.SevenZipFile(tmp_path / "some.7z", "w", password="secret") as opened:
        opened.writestr(b"1", "a.txt")
    refused(tmp_path / "some.7z", tmp_path, "damaged")


def test_without_py7zr_a_7z_is_refused_with_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "py7zr", None)
    (tmp_path / "some.7z").touch()
    refused(tmp_path / "some.7z", tmp_path, "some.7z needs py7zr: pip install 'py7zr>=1'")
    check_reader(tmp_path / "some.zip")
