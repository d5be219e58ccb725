"""Embeddings kept on disk by the hash of their text: what was encoded once is not encoded again."""

import os
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from experiments.retrieval.relevance import Array
from experiments.retrieval.text_encoders import TextEncoder

CHUNK = 256
"""Texts encoded between two looks at the clock."""
PERIOD = 30.0
"""s between two saves: what a kill loses."""


class KeptEmbeddings:
    """The embeddings of one text encoder in a folder, which can be deleted at any time.

    Two processes may use them at once: what one has added the other may then overwrite, and it is
    encoded again some day.
    """

    def __init__(self, encoder: TextEncoder, folder: Path) -> None:
        self._encoder = encoder
        self._file = folder / f"{sha256(encoder.digest.encode()).hexdigest()[:16]}.npz"
        self._known = self._read()
        self._saved = time.monotonic()

    def encode(
        self, texts: Sequence[str], tell: Callable[[int, int], None] = lambda done, total: None
    ) -> Array:
        """Give the unit vectors (n, dim) of texts, equal ones encoded once.

        `tell` is called with texts done and texts in all; what it raises ends the work, and what is
        done is kept.
        """
        keys = [sha256(text.encode()).digest() for text in texts]
        lacking = {k: t for k, t in zip(keys, texts, strict=True) if k not in self._known}
        # By length: a batch of texts of like length has little padding.
        waiting = sorted(lacking, key=lambda key: len(lacking[key]))
        try:
            for first in range(0, len(waiting), CHUNK):
                some = waiting[first : first + CHUNK]
                vectors = self._encoder.encode([lacking[key] for key in some])
                self._known.update(zip(some, vectors, strict=True))
                if time.monotonic() - self._saved > PERIOD:
                    self._save()
                tell(len(texts) - len(waiting) + first + len(some), len(texts))
        finally:
            if waiting:
                self._save()
        return np.stack([self._known[key] for key in keys])

    def _read(self) -> dict[bytes, Array]:
        try:
            with self._file.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                keys, vectors = kept["key"], kept["vector"]
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return {}  # none, or damaged: they are made anew
        if vectors.shape[1:] != (self._encoder.dim,):
            return {}
        return dict(zip(map(bytes, keys), vectors, strict=True))

    def _save(self) -> None:
        """Keep all for later calls; where that is impossible nothing is lost."""
        self._saved = time.monotonic()
        part = self._file.with_suffix(f".{os.getpid()}")
        keys = np.frombuffer(b"".join(self._known), np.uint8).reshape(-1, 32)
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                np.savez(file, key=keys, vector=np.stack([*self._known.values()]))
            part.replace(self._file)
        except OSError:
            part.unlink(missing_ok=True)
