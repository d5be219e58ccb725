"""Weights from the torch port's `yamnet.pth` (w-hc/torch_audioset, MIT), which has our names."""

from pathlib import Path
from typing import Any

import torch

from yamnet.entries import check
from yamnet.network import YamNet


def load_port(path: Path | str) -> YamNet:
    """Load YAMNet from a state dict in the torch port's layout, in evaluation mode.

    It is read weights-only, so that nothing in the file runs.

    Raises
    ------
    ValueError
        The file is damaged, holds anything but tensors, or does not have exactly YAMNet's
        entries; those that do not fit are listed.
    """
    network = YamNet()
    state = _read(path)
    expected = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    check(path, {name: tuple(value.shape) for name, value in state.items()}, expected)
    network.load_state_dict(state)
    return network.eval()


def _read(path: Path | str) -> dict[str, torch.Tensor]:
    """Read a dict of tensors without running anything the file holds."""
    with Path(path).open("rb") as file:
        try:
            state: Any = torch.load(file, map_location="cpu", weights_only=True)
        # Damaged bytes make the reader raise anything: KeyError, OSError, UnicodeDecodeError.
        except Exception as error:
            # The error beneath torch's own names the culprit, without advice to trust the file.
            reason = str(error.__context__ or error).partition(". ")[0]
            raise ValueError(f"{path} is no readable checkpoint of weights: {reason}") from error
    if not isinstance(state, dict) or not all(isinstance(v, torch.Tensor) for v in state.values()):
        raise ValueError(f"{path} holds no state dict of tensors")
    return state
