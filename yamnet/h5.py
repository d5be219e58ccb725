"""Weights from `yamnet.h5`, Google's own file (storage.googleapis.com/audioset/yamnet.h5)."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from yamnet.entries import check, imported
from yamnet.network import YamNet

NORM = {"bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}
"""Entries of batch norm, torch's and Keras's."""


def load_h5(path: Path | str) -> YamNet:
    """Load YAMNet from an HDF5 file of Keras weights, in evaluation mode.

    Raises
    ------
    ModuleNotFoundError
        h5py is not installed.
    ValueError
        The file is no readable HDF5, or does not have exactly YAMNet's entries; those that do not
        fit are listed.
    """
    network = YamNet()
    state: dict[str, Tensor] = dict(network.state_dict())
    # Keras has no scale, which stays 1, and counts no batches.
    names = {
        ours: keras_name(ours)
        for ours in state
        if not ours.endswith(("bn.weight", "bn.num_batches_tracked"))
    }
    axes = {ours: keras_axes(theirs, state[ours].ndim) for ours, theirs in names.items()}
    expected = {
        theirs: tuple(state[ours].shape[axis] for axis in np.argsort(axes[ours]))
        for ours, theirs in names.items()
    }
    found = _read(path)
    check(path, {name: array.shape for name, array in found.items()}, expected)
    for ours, theirs in names.items():
        state[ours] = torch.from_numpy(found[theirs].transpose(axes[ours]))
    network.load_state_dict(state)
    return network.eval()


def keras_name(name: str) -> str:
    """Give the dataset that holds an entry of `YamNet`'s state.

    ``layer2.depthwise_conv.bn.bias`` is in the dataset ``layer2/depthwise_conv/bn/beta:0`` of a
    group called as the Keras layer, ``layer2/depthwise_conv/bn``.
    """
    module, _, kind = name.rpartition(".")
    if module == "classifier":
        layer, variable = "logits", "kernel" if kind == "weight" else kind
    else:
        number, unit, part = module.split(".")
        layer = f"{number}/{'conv' if unit == 'fused' else unit}"
        variable = "depthwise_kernel" if unit == "depthwise_conv" else "kernel"
        if part == "bn":
            layer, variable = f"{layer}/bn", NORM[kind]
    return f"{layer}/{layer}/{variable}:0"


def keras_axes(name: str, dimensions: int) -> tuple[int, ...]:
    """Give which axis of a Keras dataset each axis of our entry is.

    Kernels lie as (height, width, inputs, outputs), depthwise ones as (height, width, channels,
    1), the classifier's as (inputs, outputs).
    """
    if dimensions == 4:
        return (2, 3, 0, 1) if "depthwise_kernel" in name else (3, 2, 0, 1)
    return (1, 0) if dimensions == 2 else (0,)


def _read(path: Path | str) -> dict[str, NDArray[np.float32]]:
    """Read all datasets of a file, by their whole names."""
    h5py = imported("h5py", "h5py")
    found = {}

    def visit(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            found[name] = np.asarray(item, dtype=np.float32)

    with Path(path).open("rb") as file:
        try:
            with h5py.File(file, "r") as stored:
                stored.visititems(visit)
        # Damaged bytes make the reader raise a KeyError, RuntimeError or ValueError as well.
        except Exception as error:
            raise ValueError(f"{path} is no readable HDF5 file: {error}") from error
    return found
