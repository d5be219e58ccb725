"""Text encoders that understand: models of sentence-transformers."""

import logging
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.dotted import find_function
from core.errors import DataError
from experiments.common.precision import precision_of
from experiments.retrieval.relevance import Array
from reference_models import fetch, find

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH = 32
"""Texts at once: weights stay in the processor's cache between them, and little is padded."""


class Sentences:
    """A sentence-transformers checkpoint of the registry, "minilm" or "mpnet".

    Texts of more than 256 (mpnet: 384) tokens are cut. Raises what `load_text_encoder` does.
    """

    def __init__(
        self, name: str, models: Path, device: str = "cpu", precision: str = "float32"
    ) -> None:
        weights = fetch(name, models)
        self._model = _load(weights.parent, device)
        self._arithmetic = partial(precision_of, precision, device)
        self.dim: int = self._model.get_embedding_dimension() or 0
        self.digest = f"{find(name).digest} {precision}"

    def encode(self, texts: Sequence[str]) -> Array:
        """Give unit vectors (n, dim) float32; texts of like length go through together."""
        if not len(texts):
            return np.empty((0, self.dim), np.float32)
        with self._arithmetic():
            found = self._model.encode(
                list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(found, np.float32)


def _load(folder: Path, device: str) -> "SentenceTransformer":
    """Load from a folder alone, safetensors alone: no network, and nothing that could run."""
    try:
        from sentence_transformers import SentenceTransformer
    except ModuleNotFoundError as error:
        raise DataError(
            f"the text encoder in {folder} needs sentence-transformers, which is not installed: "
            "pip install sentence-transformers; or take text=hashed, which needs nothing"
        ) from error
    find_function("transformers.utils.logging:disable_progress_bar")()
    logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
    safe = {"use_safetensors": True}
    return SentenceTransformer(str(folder), device=device, local_files_only=True, model_kwargs=safe)
