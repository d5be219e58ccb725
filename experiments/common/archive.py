"""Unpacks zip, tar and 7z archives inside their folder only, whole or not at all."""

import gzip
import os
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import IO, Any

from core.errors import DataError

BLOCK = 1 << 20
TAR_ENDINGS = (".tar.gz", ".tgz")
SEVEN_ZIP = ".7z"


def unpacked_path(archive: Path) -> Path | None:
    """Tell where an archive is unpacked, beside it; None for a file that is no archive."""
    for ending in (".zip", SEVEN_ZIP, *TAR_ENDINGS):
        if archive.name.lower().endswith(ending):
            return archive.with_name(archive.name[: -len(ending)])
    return None


def unpack(
    archive: Path, folder: Path, progress: Callable[[int, int], None] = lambda done, total: None
) -> None:
    """Unpack a zip, .tar.gz, .tgz or .7z archive into a folder that is not there yet.

    Checksums in it are verified. `progress` is told bytes done and bytes in all.
    Raises DataError, and leaves nothing, where a member would land outside the folder, is a link
    or is there twice, where the archive is damaged, where the disk has too little room, and where
    py7zr, which reads 7z, is not installed.
    """
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        _extractor(archive)(archive, part, progress)
        part.rename(folder)
    except DataError as error:
        raise DataError(f"{archive}: {error}") from error
    # One that is damaged, encrypted or packed in an unknown way makes its reader raise anything.
    except Exception as error:
        if isinstance(error, OSError) and error.errno:
            raise DataError(f"cannot unpack {archive} into {folder}: {error}") from error
        raise DataError(f"{archive} is damaged ({error!r}); download it again") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def check_reader(archive: Path) -> None:
    """Raise DataError, with what to install, where nothing here can read an archive of its kind."""
    if archive.name.lower().endswith(SEVEN_ZIP) and find_spec("py7zr") is None:
        raise DataError(
            f"unpacking {archive.name} needs py7zr: pip install 'py7zr>=1', then the same again"
        )


def safe(name: str) -> PurePosixPath:
    """Give a relative path; raises DataError where it would lead out of the folder it is put in."""
    path = PurePosixPath(name)
    leads_out = path.is_absolute() or ".." in path.parts or not path.parts
    if leads_out or "\\" in name or "\0" in name or not _can_be_written(name):
        raise DataError(f"{name!r} is refused as the name of a file: it may lead out of its folder")
    return path


def _can_be_written(name: str) -> bool:
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return False
    return True


def check_room(folder: Path, size: int) -> None:
    """Raise DataError unless the disk of a folder has room for so many bytes."""
    free = shutil.disk_usage(folder).free
    if size > free:
        raise DataError(
            f"{folder} has room for {free / 1e9:.1f} GB but {size / 1e9:.1f} GB are needed; "
            "make room, or give another folder"
        )


def _extractor(archive: Path) -> Callable[[Path, Path, Callable[[int, int], None]], None]:
    name = archive.name.lower()
    if name.endswith(SEVEN_ZIP):
        return _un7z
    return _untar if name.endswith(TAR_ENDINGS) else _unzip


def _unzip(archive: Path, part: Path, progress: Callable[[int, int], None]) -> None:
    with zipfile.ZipFile(archive) as opened:
        members = opened.infolist()
        seen: set[PurePosixPath] = set()
        for member in members:
            _check(member.filename, stat.S_ISLNK(member.external_attr >> 16), seen)
        total = sum(member.file_size for member in members)
        check_room(part.parent, total)
        part.mkdir()
        done = 0
        for member in members:
            target = part / safe(member.filename)
            if member.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            else:
                with opened.open(member) as packed:
                    _write(packed, target)
            done += member.file_size
            progress(done, total)


def _untar(archive: Path, part: Path, progress: Callable[[int, int], None]) -> None:
    """Unpack in one pass: what a packed tar holds is known only at its end."""
    total = archive.stat().st_size
    check_room(part.parent, total)  # the least it takes
    part.mkdir()
    seen: set[PurePosixPath] = set()
    with archive.open("rb") as packed, gzip.open(packed) as unzipped:
        with tarfile.open(fileobj=unzipped, mode="r|") as opened:
            for member in opened:
                if not member.isdir():
                    _check(member.name, not member.isreg(), seen)
                    check_room(part.parent, member.size)
                    content = opened.extractfile(member)
                    assert content is not None, "it is a plain file"
                    _write(content, part / safe(member.name))
                progress(packed.tell(), total)
        while unzipped.read(BLOCK):  # the checksum comes last
            pass


def _un7z(archive: Path, part: Path, progress: Callable[[int, int], None]) -> None:
    """Unpack in one call, during which nothing can be told."""
    check_reader(archive)
    py7zr: Any = import_module("py7zr")
    with py7zr.SevenZipFile(archive) as opened:
        members = opened.list()
        seen: set[PurePosixPath] = set()
        for member in members:
            if not member.is_directory:
                _check(member.filename, not member.is_file, seen)
        total = sum(member.uncompressed for member in members)
        check_room(part.parent, total)
        part.mkdir()
        progress(0, 0)
        opened.extract(part)
    progress(total, total)


def _check(name: str, link: bool, seen: set[PurePosixPath]) -> None:
    path = safe(name)
    if link:
        raise DataError(f"{name!r} is a link; links are not unpacked")
    if path in seen:
        raise DataError(f"it holds {name!r} twice; take another copy of it")
    seen.add(path)


def _write(content: IO[bytes], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as file:
        shutil.copyfileobj(content, file, BLOCK)
