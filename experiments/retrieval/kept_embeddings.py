"""Embeddings kept on disk by the hash of their text: what was encoded once is not encoded again."""

import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from experiments.common.kept_arrays import keep_arrays, kept_arrays
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
        kept = kept_arrays(self._file)
        if kept.keys() != {"key", "vector"} or kept["vector"].shape[1:] != (self._encoder.dim,):
            return {}
        return dict(zip(map(bytes, kept["key"]), kept["vector"], strict=True))

    def _save(self) -> None:
        self._saved = time.monotonic()
        keys = np.frombuffer(b"".join(self._known), np.uint8).reshape(-1, 32)
        keep_arrays(self._file, {"key": keys, "vector": np.stack([*self._known.values()])})
