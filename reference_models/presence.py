"""Which checkpoints are at hand."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.download import fault_of
from core.errors import DownloadError
from core.part import part_of
from reference_models.registry import Checkpoint

State = Literal["here", "absent", "partial", "wrong"]


@dataclass(frozen=True)
class Presence:
    """How a checkpoint stands in a folder: the bytes there, and what is wrong with them."""

    state: State
    bytes: int = 0
    fault: str = ""


def presence(checkpoint: Checkpoint, folder: Path, verify: bool = False) -> Presence:
    """Look for a checkpoint by its size, or by its hash as well where it is to be verified."""
    path = folder / checkpoint.file
    size, part_size = _size(path), _size(part_of(path))
    if size is not None:
        digest = checkpoint.digest if verify else ""
        fault = fault_of(path, size=checkpoint.bytes, digest=digest)
        return Presence("wrong" if fault else "here", size, fault)
    return Presence("absent") if part_size is None else Presence("partial", part_size)


def _size(path: Path) -> int | None:
    """Give the bytes of a file; None where there is none."""
    try:
        return path.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise DownloadError(f"cannot read {path}: {error.strerror}") from error
