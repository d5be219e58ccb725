"""Text encoders by name: what turns captions, and any other text, into vectors."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from core.errors import UnknownName
from experiments.retrieval.hashed import HashedWords
from experiments.retrieval.relevance import Array

SENTENCES = ("minilm", "mpnet")
"""Checkpoints of sentence-transformers, by their names in the registry."""
NAMES = ("hashed", *SENTENCES)


class TextEncoder(Protocol):
    """Turns texts into unit vectors.

    Attributes
    ----------
    dim:
        Size of the vectors.
    digest:
        What tells its weights and its arithmetic from any others.
    """

    dim: int
    digest: str

    def encode(self, texts: Sequence[str]) -> Array:
        """Give unit vectors (n, dim) float32."""


def load_text_encoder(
    name: str, models: Path, device: str = "cpu", precision: str = "float32"
) -> TextEncoder:
    """Load a text encoder; one that is not in the folder of checkpoints is fetched.

    In bfloat16 (see `common.precision`) vectors differ from those in float32 by 0.001 or so.

    Raises
    ------
    UnknownName
        There is none of that name.
    DownloadError
        Its checkpoint cannot be fetched; the message tells the other ways to it.
    DataError
        sentence-transformers is not installed.
    """
    if name not in NAMES:
        raise UnknownName("text encoder", name, NAMES)
    if name == "hashed":
        return HashedWords()
    from experiments.retrieval.sentences import Sentences  # its packages take seconds to import

    return Sentences(name, models, device, precision)
