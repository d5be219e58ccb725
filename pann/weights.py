"""Weights of published PANN checkpoints: all entries fit, or the file is refused."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from pann.tagger import Tagger
from pann.trunks import Trunk

FRONT_END = (
    "spectrogram_extractor.stft.conv_real.weight",
    "spectrogram_extractor.stft.conv_imag.weight",
    "logmel_extractor.melW",
)
"""Entries of the published front end, which `LogMel` computes instead."""

HEAD = ("bn0.", "fc1.", "fc_audioset.")
"""What a published checkpoint holds around the trunk: input norm and tagging head."""


def load_trunk(trunk: Trunk, path: Path | str) -> int:
    """Load the trunk of a PANN checkpoint and give the number of entries: 24, 48 or 72 of a CNN.

    The file holds a state dict, or a dict with one under "model". It is read weights-only: apart
    from tensors and plain values it may hold the numpy arrays and scalars of a sampler's state.

    Raises
    ------
    ValueError
        The file is damaged, holds anything else, or does not have exactly the trunk's entries;
        missing, unexpected and ill-shaped ones are listed, and those that fit may have been
        copied into the trunk.
    """
    around = ("spectrogram_extractor.", "logmel_extractor.", *HEAD)
    kept = {name: value for name, value in _read(path).items() if not name.startswith(around)}
    return _fit(trunk, kept, path, "trunk")


def load_tagger(tagger: Tagger, path: Path | str) -> int:
    """Load a whole PANN checkpoint and give the number of entries: 81 of CNN14, 243 of ResNet38.

    The file is read as `load_trunk` does. The three entries of the front end must be there, and
    are left; every other one must fit.

    Raises
    ------
    ValueError
        The file is damaged, holds anything else, or does not have exactly the tagger's entries.
    """
    state = _read(path)
    if lacking := [name for name in FRONT_END if name not in state]:
        raise ValueError(f"{path} is no whole PANN checkpoint: it lacks {', '.join(lacking)}")
    kept = {
        name if name.startswith(HEAD) else f"trunk.{name}": value
        for name, value in state.items()
        if name not in FRONT_END
    }
    return _fit(tagger, kept, path, "tagger")


def _fit(module: nn.Module, state: Mapping[str, Any], path: Path | str, kind: str) -> int:
    """Load a state in which nothing is missing, left over or of another shape."""
    try:
        module.load_state_dict(state)
    except RuntimeError as error:
        raise ValueError(f"{path} does not fit this {kind}: {error}") from error
    return len(state)


def _read(path: Path | str) -> dict[str, Any]:
    """Read the state dict of a checkpoint without running anything it holds."""
    with Path(path).open("rb") as file, torch.serialization.safe_globals(_numpy_globals()):
        try:
            checkpoint = torch.load(file, map_location="cpu", weights_only=True)
        # Damaged bytes make the reader raise anything: KeyError, OSError, UnicodeDecodeError.
        except Exception as error:
            # The error beneath torch's own names the culprit, without advice to trust the file.
            reason = str(error.__context__ or error).partition(". ")[0]
            raise ValueError(f"{path} is no readable checkpoint of weights: {reason}") from error
    state = checkpoint.get("model", checkpoint) if isinstance(checkpoint, dict) else checkpoint
    if not isinstance(state, dict):
        raise ValueError(f"{path} holds no state dict but a {type(state).__name__}")
    return state


def _numpy_globals() -> list[Callable[..., Any] | tuple[Callable[..., Any], str]]:
    """Name what pickled arrays and scalars of numbers are rebuilt with, whichever numpy wrote them.

    The package is called numpy.core up to numpy 1 and numpy._core from numpy 2 on.
    """
    array: Any = np.empty(0).__reduce__()[0]
    scalar: Any = np.float64().__reduce__()[0]
    rebuild = [
        (function, f"numpy.{package}.multiarray.{name}")
        for package in ("core", "_core")
        for function, name in ((array, "_reconstruct"), (scalar, "scalar"))
    ]
    kinds = {type(np.dtype(code)) for code in "?" + np.typecodes["AllInteger"] + "efd"}
    return [*rebuild, *kinds, np.ndarray, np.dtype]
