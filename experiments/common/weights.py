"""What a training left of its network, or others publish: state dicts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import torch
from torch import Tensor, nn

from core import Record
from core.errors import DataError


def stored_state(record: Record, name: str) -> dict[str, Tensor]:
    """Read a state dict of a record; raises DataError where it is damaged."""
    with record.open(name) as file:
        return read_state(record.path / name, file)


def read_state(path: Path, file: BinaryIO | None = None) -> dict[str, Tensor]:
    """Read a state dict without running anything that the file holds, which may be open already.

    Raises DataError where it is damaged, or holds anything else than tensors by name.
    """
    try:
        state: Any = torch.load(file or path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise DataError(f"there is no file {path}; give one with weights") from error
    # Damaged bytes make the reader raise anything: KeyError, OSError, UnicodeDecodeError.
    except Exception as error:
        raise DataError(f"{path} cannot be read as weights; copy it again") from error
    if not isinstance(state, dict) or not all(isinstance(v, Tensor) for v in state.values()):
        raise DataError(f"{path} holds no state dict, which has tensors by name")
    return state


def fit_state(module: nn.Module, state: Mapping[str, Tensor], path: Path, misfit: str) -> None:
    """Load a state that was read from a path.

    Raises DataError where it has not exactly the module's entries: "PATH {misfit}: …".
    """
    try:
        module.load_state_dict(state)
    except RuntimeError as error:
        raise DataError(f"{path} {misfit}: {error}") from error


def load_stored(module: nn.Module, record: Record, name: str, misfit: str) -> None:
    """Load a state dict of a record; raises what `stored_state` and `fit_state` do."""
    fit_state(module, stored_state(record, name), record.path / name, misfit)
