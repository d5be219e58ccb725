"""The dual encoder: clips and captions become unit vectors of one space."""

from collections.abc import Iterator, Mapping, Sequence
from math import log
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from core import Record, Setting
from core.errors import DataError, PlanError
from experiments.common.placement import place
from experiments.common.weights import load_stored
from experiments.retrieval.ahead import ahead
from experiments.retrieval.batches import pad
from experiments.retrieval.encoder import SPACE, AudioEncoder, draw
from experiments.retrieval.relevance import Array

FILE = "network.pt"
AT_ONCE = 30_000
"""Frames of the clips that are encoded together, padded ones counted."""
COLDEST, HOTTEST = 0.01, 1.0
"""Between which a temperature is learned."""


class Network(nn.Module):
    """An audio encoder, a linear layer for the embeddings of captions, and a temperature.

    It knows no caption: its state serves any text of the encoder it was trained with.
    """

    def __init__(self, audio: AudioEncoder, dim: int, temperature: float = 0.07) -> None:
        super().__init__()
        self.audio = audio
        self.text = nn.Linear(dim, SPACE)
        draw(self.text)
        # Of its logarithm equal steps are equal factors, and it stays above 0.
        self.log_temperature = nn.Parameter(torch.tensor(log(temperature)), requires_grad=False)

    @property
    def temperature(self) -> Tensor:
        """What divides the cosines in the loss."""
        return self.log_temperature.exp()

    @torch.no_grad()
    def limit_temperature(self) -> None:
        """Bring a temperature that has been learned back between 0.01 and 1."""
        self.log_temperature.clamp_(log(COLDEST), log(HOTTEST))

    def embed_clips(self, logmel: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Give unit vectors (n, 300) of log-mels; see `AudioEncoder.forward`."""
        return normalize(self.audio(logmel, lengths).float())

    def embed_texts(self, embeddings: Tensor) -> Tensor:
        """Give unit vectors (n, 300) of the embeddings (n, dim) of captions.

        Raises DataError where they are of another size than those that trained the network.
        """
        if embeddings.shape[1:] != (self.text.in_features,):
            raise DataError(
                f"embeddings of captions are {tuple(embeddings.shape[1:])} long where this network "
                f"reads ({self.text.in_features},); use the text encoder that it was trained with"
            )
        return normalize(self.text(embeddings).float())


def build(
    setting: Setting,
    dim: int,
    seed: int = 0,
    *,
    temperature: float = 0.07,
    conv_dropout: float = 0.2,
    fc_dropout: float = 0.5,
) -> Network:
    """Build the network of a setting for embeddings of `dim`, drawn on the CPU from the seed alone.

    Reads the factors `backbone`, `width` and `fc_units`; the rest matters in training only.

    Raises
    ------
    UnknownName
        There is no such backbone.
    PlanError
        The temperature is not above 0.
    ValueError
        The width leaves a part of a channel.
    """
    if temperature <= 0:
        raise PlanError(f"temperature={temperature:g} divides cosines; take one above 0, as 0.07")
    fc_units = setting.fc_units if "fc_units" in setting else None
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        audio = AudioEncoder(setting.backbone, setting.width, fc_units, conv_dropout, fc_dropout)
        return Network(audio, dim, temperature)


def save_weights(weights: Mapping[str, Tensor], folder: Path) -> None:
    """Write a network's state to a record's folder."""
    torch.save(dict(weights), folder / FILE)


def load_network(setting: Setting, record: Record, device: str = "cpu") -> Network:
    """Load the network that a training left in its record, in evaluation mode.

    Reads the factors that `build` does.
    """
    network = build(setting, record.info["dim"])
    load_stored(network, record, FILE, "does not fit this network")
    return place(network.eval(), device)


class Logmels(Protocol):
    """Log-mels (frames, 64) of clips by their index: a list of arrays, or a prepared corpus."""

    def __getitem__(self, index: int, /) -> Array: ...

    def __len__(self) -> int: ...


def encode_clips(network: Network, logmels: Logmels, rows: Sequence[int] | Array) -> Array:
    """Give the unit vectors (rows, 300) of some clips, each as it is alone, in float32.

    The network is put into evaluation mode.
    """
    network.eval()
    lengths = np.array([len(logmels[int(row)]) for row in rows])
    batches = list(alike(lengths, AT_ONCE))
    vectors = np.empty((len(rows), SPACE), np.float32)

    def read(places: Array) -> tuple[Tensor, Tensor]:
        return pad([logmels[int(rows[place])] for place in places])

    with torch.inference_mode():
        for places, (batch, frames) in zip(batches, ahead(read, batches), strict=True):
            found = network.embed_clips(batch.to(network.log_temperature.device), frames)
            vectors[places] = found.cpu().numpy()
    return vectors


def encode_texts(network: Network, embeddings: Array) -> Array:
    """Give the unit vectors (n, 300) of the embeddings (n, dim) of captions, in float32."""
    with torch.inference_mode():
        given = torch.from_numpy(np.array(embeddings, np.float32))
        vectors = network.embed_texts(given.to(network.log_temperature.device))
    found: Array = vectors.cpu().numpy()
    return found


def alike(lengths: Array, frames: int) -> Iterator[Array]:
    """Cut clips (n,) into batches of like lengths, which take so many frames or hold one clip."""
    order = np.argsort(lengths, kind="stable")[::-1]
    while len(order):
        count = max(1, frames // max(1, int(lengths[order[0]])))
        yield order[:count]
        order = order[count:]
