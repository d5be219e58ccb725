"""The trunks by name: any file of this folder may offer some, in a table called `TRUNKS`."""

import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

from torch import nn

from pann.names import unknown


class Trunk(nn.Module):
    """A network from log-mel (batch, 1, a, b) to one embedding a clip, (batch, embedding_size)."""

    embedding_size: int


@cache
def trunks() -> Mapping[str, Callable[[float, float], Trunk]]:
    """Gather what makes each trunk, given its width and its dropout, from the files' tables."""
    files = pkgutil.iter_modules([str(Path(__file__).parent)])
    modules = [import_module(f"pann.{file.name}") for file in files]
    return {
        name: make for module in modules for name, make in getattr(module, "TRUNKS", {}).items()
    }


def build(name: str, width: float = 1.0, dropout: float = 0.0) -> Trunk:
    """Build the trunk called `name` ("cnn6", "cnn10", "cnn14", "resnet38", …).

    ValueError where none is, or where the width leaves no whole channels.
    """
    if name not in trunks():
        raise unknown("backbone", name, trunks())
    return trunks()[name](width, dropout)
