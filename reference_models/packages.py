"""Checkpoints from installed packages: pip comes through where the web does not.

A package is found by its metadata; none of its code is run.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TypeAlias
from zipfile import BadZipFile, ZipFile

from core.errors import DownloadError
from core.part import locked_part, on_disk
from reference_models.registry import Checkpoint, Packed

Opened: TypeAlias = Callable[[str], IO[bytes]]
MARK = "modules.json"
"""The file by which the folder of a sentence-transformers model is found in a zip."""
_BLOCK = 1 << 20


def installed(checkpoint: Checkpoint) -> Packed | None:
    """Find installed packages that together hold a checkpoint."""
    return next((packed for packed in checkpoint.packed if _places(packed)), None)


def unpack(checkpoint: Checkpoint, folder: Path) -> None:
    """Copy a checkpoint and what is read with it out of installed packages, into a folder.

    What is there is kept. Nothing happens where no package has it, or nothing is absent. The
    weights come last, verified: where they are, all is there.

    Raises
    ------
    DownloadError
        A package is damaged or holds something else, or the disk does not take it.
    """
    target = folder / checkpoint.file
    names = [*checkpoint.beside, target.name]
    absent = [name for name in names if not (target.parent / name).exists()]
    packed = installed(checkpoint) if absent else None
    if packed is None:
        return
    with _opened(_places(packed), folder) as opened:
        for name in absent:
            digest = checkpoint.digest if name == target.name else ""
            with opened(name) as content:
                _place(content, target.parent / name, digest)


def _places(packed: Packed) -> list[Path]:
    """Tell where the files of packages lie; empty unless all are installed."""
    try:
        pairs = zip(packed.packages, packed.files, strict=True)
        places = [Path(str(distribution(name).locate_file(file))) for name, file in pairs]
    except PackageNotFoundError:
        return []
    return places if all(place.exists() for place in places) else []


@contextmanager
def _opened(places: Sequence[Path], folder: Path) -> Iterator[Opened]:
    """Give what opens a file of a folder, or of a zip that lies in parts."""
    if places[0].is_dir():
        yield lambda name: _file(places[0] / name)
        return
    with _joined(places, folder) as joined:
        try:
            with ZipFile(joined) as archive:
                # Some zips hold the files themselves, others one folder of them.
                (top,) = (n for n in archive.namelist() if n.rpartition("/")[2] == MARK)
                yield lambda name: archive.open(top.removesuffix(MARK) + name)
        except (BadZipFile, KeyError, ValueError) as error:
            raise DownloadError(f"{places[0]} is damaged ({error}); install it again") from error


def _file(path: Path) -> IO[bytes]:
    with on_disk("read", path):
        return path.open("rb")


@contextmanager
def _joined(places: Sequence[Path], folder: Path) -> Iterator[IO[bytes]]:
    """Join files into one that has no name, so that none is left behind."""
    with on_disk("write", folder):
        folder.mkdir(parents=True, exist_ok=True)
        joined = TemporaryFile(dir=folder)  # noqa: SIM115 - closed below
        for place in places:
            with place.open("rb") as part:
                shutil.copyfileobj(part, joined, _BLOCK)
    with joined:
        yield joined


def _place(content: IO[bytes], path: Path, digest: str) -> None:
    """Write one file under its name once it is whole and is what the digest says, if any."""
    with locked_part(path, "sha256") as part:
        if path.exists():  # another process has brought it meanwhile
            return
        part.restart("")
        while block := content.read(_BLOCK):
            part.append(block)
        found = f"sha256:{part.hexdigest()}"
        if digest not in ("", found):
            part.restart("")
            raise DownloadError(
                f"the installed package of {path} holds another file: {found} instead of {digest}"
            )
        part.move(path)
