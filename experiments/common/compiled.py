"""Networks whose passes are compiled to fewer and faster kernels."""

import torch
from torch import nn


def compile_network(network: nn.Module, device: str) -> None:
    """Have a network's passes compiled when they first run, once for every size of a batch.

    Parameters keep their names, and a state loads as ever. Numbers differ from those of the
    network as it is by rounding, and where dropout draws. On a GPU each pass is replayed as one
    CUDA graph, which writes an answer in the place of the one before: copy what is to be kept.
    """
    # A worker computes many tasks: what was compiled for one is forgotten, with its graphs' memory.
    torch.compiler.reset()
    if device == "cpu":
        network.compile(dynamic=False)
        return
    torch.backends.cudnn.benchmark = True  # sizes do not change, so the fastest way can be found
    network.compile(dynamic=False, mode="reduce-overhead")
