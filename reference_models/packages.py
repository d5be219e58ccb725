"""Checkpoints from installed packages: pip comes through where the web does not.

A package is found by its metadata; none of its code is run.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO, TypeAlias
from zipfile import BadZipFile, ZipFile

from core.download import fault_of
from core.errors import DownloadError
from core.part import on_disk
from reference_models.registry import Checkpoint, Packed

Opened: TypeAlias = Callable[[str], IO[bytes]]
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
    with on_disk("write", target), _opened(_places(packed), folder) as opened:
        for name in absent:
            _place(opened, name, target.parent / name, checkpoint if name == target.name else None)


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
        yield lambda name: (places[0] / name).open("rb")
        return
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=folder) as joined:  # nameless: none is left
        for place in places:
            with place.open("rb") as part:
                shutil.copyfileobj(part, joined, _BLOCK)
        try:
            with ZipFile(joined) as archive:
                # Some zips hold the files, others one folder of them.
                inner = {name.rpartition("modules.json")[0] for name in archive.namelist()}
                top = max(inner, key=len)
                yield lambda name: archive.open(top + name)
        except (BadZipFile, KeyError) as error:
            raise DownloadError(f"{places[0]} is damaged ({error}); install it again") from error


def _place(opened: Opened, name: str, path: Path, checkpoint: Checkpoint | None) -> None:
    """Write one file under its name once it is whole and, where it is a checkpoint, verified."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with opened(name) as content, NamedTemporaryFile(dir=path.parent, prefix=".") as part:
        shutil.copyfileobj(content, part, _BLOCK)
        part.flush()
        work = Path(part.name)
        if checkpoint:
            fault = fault_of(work, size=checkpoint.bytes, digest=checkpoint.digest)
            if fault:
                raise DownloadError(f"the package with {name} holds another file: {fault}")
        work.chmod(0o644)
        path.unlink(missing_ok=True)
        path.hardlink_to(work)
