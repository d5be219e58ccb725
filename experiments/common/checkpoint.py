"""Epochs in order, with a checkpoint from which a killed attempt continues."""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol
from zipfile import BadZipFile, ZipFile

import torch

from core import Output
from core.errors import Stopped

# An epoch may take milliseconds; writing as often would cost more than what a kill loses.
EVERY = 5.0  # s


class Stateful(Protocol):
    """What changes during a training: a module, an optimiser, curves."""

    # Any: modules, optimisers and torch's own protocol do not agree on more.
    def state_dict(self) -> Any:  # noqa: ANN401
        """Give tensors, numbers and text, in dicts and lists."""

    def load_state_dict(self, state: Any, /) -> Any:  # noqa: ANN401
        """Become what the state was given by."""


def run_epochs(
    run_epoch: Callable[[int], bool | None],
    epochs: int,
    state: Mapping[str, Stateful],
    output: Output,
) -> None:
    """Call `run_epoch(0)` to `run_epoch(epochs - 1)`, from where an earlier attempt was stopped.

    An epoch that answers True is the last one. `state` is everything that an epoch changes: with
    it and the epoch's number alone the numbers are the same as without a stop. Raises Stopped,
    with the state saved, where epochs are left when `output.stopping`.
    """
    path = output.checkpoint / "state.pt"
    first = _restore(path, state)
    saved = time.monotonic()
    stopping = output.stopping
    for epoch in range(first, epochs):
        if stopping:
            raise Stopped(f"asked to stop, {epoch} of {epochs} epochs are done and saved")
        if run_epoch(epoch):
            return
        stopping = output.stopping
        if stopping or time.monotonic() - saved >= EVERY:
            states = {name: part.state_dict() for name, part in state.items()}
            _save(path, {"epochs": epoch + 1, "threads": torch.get_num_threads(), **states})
            saved = time.monotonic()


def _restore(path: Path, state: Mapping[str, Stateful]) -> int:
    """Give the number of epochs that an earlier attempt has saved, its state put back."""
    try:
        with ZipFile(path) as file:
            if damaged := file.testzip():  # torch does not compare checksums
                raise BadZipFile(damaged)
        saved = torch.load(path, map_location="cpu", weights_only=True)
    # None, or a file system that lost its last seconds: training starts again. Damaged bytes make
    # the reader raise anything.
    except Exception:
        return 0
    for name, part in state.items():
        part.load_state_dict(saved[name])
    # Sums over another number of threads differ in their last digits.
    torch.set_num_threads(saved["threads"])
    return int(saved["epochs"])


def _save(path: Path, state: Mapping[str, Any]) -> None:
    """Replace the saved state; the file is whole at any moment."""
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
