"""Damaged archives and answers of repositories: unpacked inside their folder, or refused."""

import io
import json
import tarfile
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import py7zr
import pytest
from damage import BINARY, Damage, damage, instead, put, refused
from hypothesis import example, given
from hypothesis import strategies as st

from core.errors import DataError, DownloadError
from experiments.common import dataverse, fetching, zenodo
from experiments.common.archive import safe, unpack

NAMES = ("a.wav", "b/c.wav", "b/d/ä.txt")
CONTENT = b"sound " * 50


def zipped(method: int = zipfile.ZIP_DEFLATED, names: tuple[str, ...] = NAMES) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name in names:
            archive.writestr(name, CONTENT)
    return file.getvalue()


def tarred(
    names: tuple[str, ...] = NAMES, size: int | None = None, kind: bytes = tarfile.REGTYPE
) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz", format=tarfile.GNU_FORMAT) as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = len(CONTENT)
            member.type = kind
            member.linkname = "/etc/passwd"
            archive.addfile(member, io.BytesIO(CONTENT))
    return file.getvalue()


def sevenzipped() -> bytes:
    file = io.BytesIO()
    with py7zr.SevenZipFile(file, "w") as archive:
        for name in NAMES:
            archive.writestr(CONTENT, name)
    return file.getvalue()


VALID = {
    "deflated.zip": zipped(),
    "stored.zip": zipped(zipfile.ZIP_STORED),
    "lzma.zip": zipped(zipfile.ZIP_LZMA),
    "bzip2.zip": zipped(zipfile.ZIP_BZIP2),
    "tarred.tar.gz": tarred(),
    "packed.7z": sevenzipped(),
}
# The flag that says that names are UTF-8, in both places of each member.
NO_UTF8 = zipped(names=("ä" * 4,)).replace("ä".encode() * 4, b"\xff" * 8)
ZENODO = {
    "files": [
        {
            "key": "a.zip",
            "size": 5,
            "checksum": "md5:00",
            "links": {"self": "https://zenodo.org/a.zip"},
        }
    ]
}
DATAVERSE = {
    "data": {
        "latestVersion": {
            "files": [
                {
                    "directoryLabel": "x/y",
                    "dataFile": {
                        "id": 5,
                        "filename": "a.tab",
                        "filesize": 7,
                        "md5": "00",
                        "originalFileSize": 9,
                        "originalFileName": "a.csv",
                        "checksum": {"type": "SHA-256", "value": "00"},
                    },
                }
            ]
        }
    }
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("archives")


def unpacked(archive: Path) -> set[str]:
    """Unpack an archive in a folder of its own, and list what came; nothing lies outside."""
    target = archive.parent / "unpacked"
    before = set(archive.parent.iterdir())
    try:
        with refused(archive, error=DataError):
            unpack(archive, target)
        assert set(archive.parent.iterdir()) - {target} == before
        return {str(p.relative_to(target)) for p in target.rglob("*") if p.is_file()}
    finally:
        for path in sorted(target.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        if target.exists():
            target.rmdir()


@pytest.mark.parametrize("name", VALID)
def test_the_valid_archive_is_unpacked(name, folder):
    assert unpacked(put(folder / name, VALID[name])) == set(NAMES)


@pytest.mark.parametrize("name", VALID)
@given(changed=BINARY)
@example(changed=instead(NO_UTF8))
@example(changed=instead(b""))
def test_a_damaged_archive_is_unpacked_whole_or_refused(name, folder, changed: Damage):
    unpacked(put(folder / name, changed(VALID[name])))


@given(
    names=st.lists(
        st.sampled_from(["a", "a/b", "..", "/x", "a\\b", "x" * 300, "."])
        | st.text(
            st.characters(exclude_characters="\0", exclude_categories=["Cs"]),
            min_size=1,
            max_size=4,
        ),
        min_size=1,
        max_size=3,
        unique=True,
    )
)
@example(names=["a", "a/b"])
@example(names=["a/../../b"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_of_any_name_stay_inside(folder, names):
    unpacked(put(folder / "named.zip", zipped(names=tuple(names))))
    unpacked(put(folder / "named.tar.gz", tarred(tuple(names))))


@pytest.mark.parametrize(
    "kind", [tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]
)
def test_what_is_no_plain_file_is_refused(folder, kind):
    assert not unpacked(put(folder / "links.tar.gz", tarred(kind=kind)))


def test_a_member_larger_than_the_disk_is_refused_before_it_is_written(folder):
    file = io.BytesIO()
    member = tarfile.TarInfo("bomb")
    member.size = 1 << 60
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        archive.addfile(member)
    path = put(folder / "bomb.tar.gz", file.getvalue())
    with pytest.raises(DataError, match="has room for"):
        unpack(path, folder / "bomb")
    assert not (folder / "bomb").exists()


@given(name=st.text(max_size=8) | st.sampled_from(["a\0b", "a/./b", "~", "x" * 300]))
@example(name="a\0b")
def test_a_safe_name_stays_in_its_folder(folder, name):
    with refused(repr(name), error=DataError):
        path = folder / safe(name)
        assert folder in path.resolve().parents
        path.parent.is_dir()


class Answer:
    """What a server sends."""

    def __init__(self, content: bytes) -> None:
        self.blocks = [content]

    def __enter__(self) -> "Answer":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""


JSON = damage() | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["files", "data", "key", "size", "dataFile", "id"]), inner
        )
    ),
    max_leaves=5,
).map(lambda value: instead(json.dumps(value)))


@pytest.mark.parametrize(
    "valid, list_files", [(ZENODO, zenodo.list_files), (DATAVERSE, dataverse.list_files)]
)
@given(changed=JSON)
@example(changed=instead("[" * 100_000))
@example(changed=instead(json.dumps(ZENODO).replace("5", "1e999")))
@example(changed=instead(json.dumps(ZENODO).replace('"md5:00"', "7")))
@example(changed=instead(json.dumps(ZENODO).replace("a.zip", "a\\u0000b")))
@example(changed=instead(json.dumps(ZENODO).replace('"https://zenodo.org/a.zip"', "[]")))
@example(changed=instead(json.dumps(DATAVERSE).replace('"SHA-256"', "[]")))
def test_any_answer_of_a_repository_is_understood_or_refused(valid, list_files, changed: Damage):
    content = changed(json.dumps(valid).encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fetching, "ask", lambda url: Answer(content))
        with refused("https://here", error=DownloadError):
            for file in list_files("7", server="https://here"):
                assert not file.path.is_absolute() and ".." not in file.path.parts
                assert file.size >= 0 and ":" in file.digest
                assert isinstance(urlsplit(file.url).scheme, str)
