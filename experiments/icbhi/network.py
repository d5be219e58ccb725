"""The network of every method: a trunk, and what stands on it."""

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

import pann
from core import Record
from experiments.common.weights import fit_state, stored_state

PROJECTION = 128
CLASSES = 4
FILE = "network.pt"


class Answer(NamedTuple):
    """What a network gives for views of a batch: logits if it classifies, and projections."""

    logits: Tensor | None
    projections: tuple[Tensor, ...]


class Network(nn.Module):
    """A trunk with the heads a method trains: a classifier, projectors, or both.

    A projector is a layer of the embedding's size, ReLU, and a layer to 128. Trunk and heads
    are drawn from the seed alone; methods that share a seed start from the same trunk.
    """

    def __init__(
        self, backbone: str, width: float, *, classifier: bool, projectors: int, seed: int
    ) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            self.trunk = pann.build(backbone, width)
            size = self.trunk.embedding_size
            self.classifier = nn.Linear(size, CLASSES) if classifier else None
            self.projectors = nn.ModuleList(_projector(size) for _ in range(projectors))

    def forward(self, views: Tensor, separate: bool = False) -> Answer:
        """Read features (views, batch, 1, mel, frames) and answer (views, batch, …).

        In training, batch norm sees all views together, or each alone where they are separate.
        """
        if separate:
            embeddings = torch.stack([self.trunk(view) for view in views])
        else:
            embeddings = self.trunk(views.flatten(0, 1)).unflatten(0, views.shape[:2])
        return Answer(
            self.classifier(embeddings) if self.classifier is not None else None,
            tuple(projector(embeddings) for projector in self.projectors),
        )


def _projector(size: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(size, size), nn.ReLU(), nn.Linear(size, PROJECTION))


def save_network(network: Network, folder: Path) -> None:
    """Write a network's state to a record's folder."""
    torch.save(network.state_dict(), folder / FILE)


def load_trunk(record: Record, backbone: str, width: float) -> pann.Trunk:
    """Build the trunk of the network in a record, as it was saved, on the CPU."""
    state = stored_state(record, FILE)
    trunk = pann.build(backbone, width)
    prefix = "trunk."
    own = {name.removeprefix(prefix): t for name, t in state.items() if name.startswith(prefix)}
    fit_state(trunk, own, record.path / FILE, "does not fit this trunk")
    return trunk
