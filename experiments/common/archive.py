"""Unpacks a zip archive inside its folder only, whole or not at all."""

import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from core.errors import DataError

BLOCK = 1 << 20
# What zipfile raises for an archive that is damaged, encrypted or packed in a way it cannot read.
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


def unpack(
    archive: Path, folder: Path, progress: Callable[[int, int], None] = lambda done, total: None
) -> None:
    """Unpack a zip archive into a folder that is not there yet.

    Every member's checksum is verified. `progress` is told bytes done and bytes in all.
    Raises DataError, and leaves nothing, where a member would land outside the folder, is a link
    or is there twice, where the archive is damaged, and where the disk has too little room.
    """
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        with zipfile.ZipFile(archive) as opened:
            members = opened.infolist()
            _check_names(archive, members)
            total = sum(member.file_size for member in members)
            check_room(folder.parent, total)
            part.mkdir()
            done = 0
            for member in members:
                _extract(opened, member, part / safe(member.filename))
                done += member.file_size
                progress(done, total)
        part.rename(folder)
    except _DAMAGE as error:
        raise DataError(f"{archive} is damaged ({error}); download it again") from error
    except OSError as error:
        raise DataError(f"cannot unpack {archive} into {folder}: {error}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def safe(name: str) -> PurePosixPath:
    """Give a relative path; raises DataError where it would lead out of the folder it is put in."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\\" in name:
        raise DataError(f"{name!r} is refused as the name of a file: it may lead out of its folder")
    return path


def check_room(folder: Path, size: int) -> None:
    """Raise DataError unless the disk of a folder has room for so many bytes."""
    free = shutil.disk_usage(folder).free
    if size > free:
        raise DataError(
            f"{folder} has room for {free / 1e9:.1f} GB but {size / 1e9:.1f} GB are needed; "
            "make room, or give another folder"
        )


def _check_names(archive: Path, members: Sequence[zipfile.ZipInfo]) -> None:
    seen: set[PurePosixPath] = set()
    for member in members:
        path = safe(member.filename)
        if stat.S_ISLNK(member.external_attr >> 16):
            raise DataError(f"{archive}: {member.filename!r} is a link; links are not unpacked")
        if path in seen:
            raise DataError(f"{archive} holds {member.filename!r} twice; take another copy of it")
        seen.add(path)


def _extract(opened: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    if member.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with opened.open(member) as packed, target.open("xb") as file:
        shutil.copyfileobj(packed, file, BLOCK)
