"""Sounds analysed by threads of ours, a sound in each."""

import numpy as np
import torch

KEPT = 31 << 20  # bytes


def ready_for_threads() -> None:
    """Give each of our threads a sound of its own, and memory that it keeps from sound to sound."""
    torch.set_num_threads(1)
    # glibc gives memory back at once unless a block as large has been freed before; pages that
    # come anew from the kernel for every sound take a fifth to a half of the time.
    np.empty(KEPT, np.uint8)
