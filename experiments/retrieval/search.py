"""Recordings found by what a text says of them."""

import hashlib
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
import torch

from experiments.common.recordings import Wave
from experiments.retrieval.front_ends import front_end
from experiments.retrieval.index import Index
from experiments.retrieval.network import encode_clips, encode_texts, load_network
from experiments.retrieval.relevance import Array
from experiments.retrieval.text_encoders import TextEncoder, load_text_encoder
from experiments.retrieval.trained import Trained

VERSION = 1
"""Raised when windows are cut or encoded in another way: what is indexed is then indexed anew."""


Place: TypeAlias = tuple[int, float, float, float]
"""A recording by its position, and the rest of an answer."""


class Answer(NamedTuple):
    """A stretch of a recording, in s from its beginning, and its cosine with the text."""

    file: str
    start: float
    end: float
    score: float


class Search:
    """A trained dual encoder that looks for sounds."""

    def __init__(self, trained: Trained, models: Path) -> None:
        self.trained = trained
        self._models = models
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._network = load_network(trained.setting, trained.record, self._device)
        self.log_mel: Callable[[Wave, int], Array] = front_end(trained.front_end)

    def vectors(self, log_mels: Sequence[Array]) -> Array:
        """Encode log-mels (frames, 64) as unit vectors (n, 300), each as it is alone."""
        return encode_clips(self._network, log_mels, range(len(log_mels)))

    def index(self, folder: Path, cache: Path, tell: Callable[[float, float], None]) -> Index:
        """Index a folder of recordings; see `Index.update`. What is known is kept in the cache."""
        where = f"{VERSION}\0{folder.resolve()}\0{self.trained.record.id}"
        name = f"{folder.resolve().name}-{hashlib.sha256(where.encode()).hexdigest()[:12]}.npz"
        index = Index(folder, cache / "search" / name)
        index.update(self, tell)
        return index

    def find(self, texts: Sequence[str], index: Index, top: int) -> list[list[Answer]]:
        """Find so many stretches for each text, best first; none shares sound with a better one.

        Raises what `load_text_encoder` does, and DataError for a text that cannot be encoded.
        """
        if not texts:
            return []
        queries = encode_texts(self._network, self._texts.encode(texts))
        return answers_of(index, queries, top)

    @cached_property
    def _texts(self) -> TextEncoder:
        return load_text_encoder(self.trained.text, self._models, self._device)


def answers_of(index: Index, queries: Array, top: int) -> list[list[Answer]]:
    """Give so many answers to each query (n, d), best first; see `Search.find`."""
    entries = list(index.entries.values())
    if not entries:
        return [[] for _ in queries]
    vectors = np.concatenate([entry.vectors for entry in entries])
    windows = np.concatenate([entry.windows for entry in entries])
    owner = np.repeat(np.arange(len(entries)), [len(entry.windows) for entry in entries])
    names = [*index.entries]
    found = [_apart(owner, windows, vectors @ query, top) for query in queries]
    return [[Answer(names[file], *rest) for file, *rest in places] for places in found]


def _apart(owner: Array, windows: Array, scores: Array, top: int) -> list[Place]:
    """Take windows by falling score, of equal ones the first, that share no sound."""
    chosen: list[Place] = []
    for place in np.argsort(-scores, kind="stable").tolist():
        file, (start, end) = int(owner[place]), windows[place].tolist()
        if not any(file == f and s < end and start < e for f, s, e, _ in chosen):
            chosen.append((file, start, end, float(scores[place])))
        if len(chosen) == top:
            break
    return chosen
