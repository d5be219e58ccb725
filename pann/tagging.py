"""Scores along a recording of any length."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pann.frontend import PANN, LogMel
from pann.tagger import FEWEST_FRAMES, Tagger

SHORTEST = (FEWEST_FRAMES - 1) * PANN.hop_length
"""Samples of the fewest frames: 9,920."""


@torch.inference_mode()
def scores(tagger: Tagger, waveform: NDArray[np.floating], batch: int = 32) -> Tensor:
    """Score every second of a waveform (samples,) at 32 kHz: (seconds, classes) in [0, 1].

    What is left at the end is scored as it is, from 0.31 s on. The waveform, which may be
    memory-mapped, is read in pieces of `batch` seconds, so that memory does not grow with its
    length. Scores come to the CPU in float32; the work is done on the tagger's device. Put the
    tagger into evaluation mode first.

    Raises ValueError where the waveform has more than one axis or is shorter than 0.31 s.
    """
    if waveform.ndim != 1 or len(waveform) < SHORTEST:
        raise ValueError(
            f"a waveform is an array (samples,) of at least {SHORTEST} samples, "
            f"not {waveform.shape}"
        )
    device = tagger.fc1.weight.device
    front_end = LogMel(PANN).to(device)
    found = []
    for first in range(0, len(waveform), batch * PANN.sample_rate):
        piece = np.asarray(waveform[first : first + batch * PANN.sample_rate], dtype=np.float32)
        for seconds in _seconds(torch.from_numpy(piece)):
            logits = tagger(front_end(seconds.to(device)).squeeze(1).mT)
            found.append(logits.float().sigmoid().cpu())
    return torch.cat(found)


def _seconds(piece: Tensor) -> list[Tensor]:
    """Cut a piece (samples,) into its whole seconds (seconds, 32,000), and what is left (1, …)."""
    left = len(piece) % PANN.sample_rate
    whole = piece[: len(piece) - left].view(-1, PANN.sample_rate)
    rest = piece[None, len(piece) - left :] if left >= SHORTEST else whole[:0]
    return [some for some in (whole, rest) if len(some)]
