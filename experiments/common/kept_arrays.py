"""Arrays kept from call to call in the user's cache: whole or absent, and never missed."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]


def keep_arrays(path: Path, arrays: dict[str, Array]) -> None:
    """Write arrays as npz for later calls; where that is impossible nothing is lost."""
    part = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type] # a name could be that of a flag
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink()


def kept_arrays(path: Path) -> dict[str, Array]:
    """Read what was kept; nothing where there is none, or it is damaged."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            return dict(kept)
    except Exception:  # damaged bytes make the reader raise anything
        return {}
