"""Scores along a recording of any length."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from yamnet.frontend import HOP, PATCH, WINDOW, LogMel, frames_of, patches
from yamnet.network import YamNet, fold

SHORTEST = (PATCH - 1) * HOP + WINDOW
"""Samples of a patch: 15,600."""


@torch.inference_mode()
def scores(
    network: YamNet,
    waveform: NDArray[np.floating],
    hop: float = 0.48,
    centred: bool = False,
    batch: int = 64,
) -> Tensor:
    """Score every patch of a waveform (samples,) at 16 kHz: (patches, classes) in [0, 1].

    Patch p starts at p · hop seconds; what is left at the end is dropped, and a sound shorter
    than a patch is extended with silence. The waveform, which may be memory-mapped, is read in
    pieces of `batch` patches, so that memory does not grow with its length.

    Scores come to the CPU in float32; the work is done on the network's device. To score many
    sounds, `fold` the network once. Within ``torch.autocast("cpu", torch.bfloat16)`` the network
    takes half the time on processors that know bfloat16.

    Parameters
    ----------
    network
        In evaluation or training mode: it scores as in evaluation mode.
    waveform
        Full scale is 1.
    hop
        Seconds from one patch to the next, a multiple of 0.01.
    centred
        Which front end: see `LogMel`.
    batch
        Patches at once.

    Raises
    ------
    ValueError
        The waveform has more than one axis, or is no floating-point array; or the hop does not
        fit.
    """
    if waveform.ndim != 1 or not np.issubdtype(waveform.dtype, np.floating):
        raise ValueError(
            "a waveform is an array (samples,) of numbers from -1 to 1, "
            f"not {waveform.dtype} {waveform.shape}"
        )
    step = frames_of(hop) * HOP
    network = fold(network).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    device = network.classifier.weight.device
    front_end = LogMel(centred).to(device)
    if len(waveform) < SHORTEST:
        waveform = np.pad(waveform, (0, SHORTEST - len(waveform)))
    count = 1 + (len(waveform) - SHORTEST + 2 * front_end.margin) // step
    found = []
    for first in range(0, count, batch):
        samples = (min(batch, count - first) - 1) * step + SHORTEST
        piece = _piece(waveform, first * step - front_end.margin, samples).to(device)
        log_mel = patches(front_end.analyse(piece[None]), hop)[0]
        found.append(network(log_mel).float().sigmoid().cpu())
    return torch.cat(found)


def _piece(waveform: NDArray[np.floating], start: int, samples: int) -> Tensor:
    """Read so many samples from one on; what lies beyond the ends is reflected there."""
    stop = start + samples
    inside = waveform[max(start, 0) : stop]
    beyond = (max(-start, 0), max(stop - len(waveform), 0))
    return torch.from_numpy(np.pad(inside, beyond, mode="reflect").astype(np.float32, copy=False))
