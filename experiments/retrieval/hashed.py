"""A text encoder that needs nothing: the words of a text, hashed into a vector."""

import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

import numpy as np

from core.errors import DataError
from experiments.retrieval.relevance import Array

DIM = 1024
_WORD = re.compile(r"\w+(?:'\w+)*")


class HashedWords:
    """Lower-cased words and pairs of neighbouring words, each added to one of 1024 numbers.

    A hash says to which, and whether it is added or taken away, so that what falls together by
    chance evens out (K. Weinberger et al., Feature Hashing for Large Scale Multitask Learning,
    ICML 2009). The same in every process and on every machine.
    """

    dim = DIM
    digest = f"words and pairs, blake2b, {DIM}"

    def encode(self, texts: Sequence[str]) -> Array:
        """Give unit vectors (n, 1024) float32; raises DataError for a text without a word."""
        vectors = np.zeros((len(texts), DIM), np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            words = _WORD.findall(text.lower())
            if not words:
                raise DataError(f"the text {text!r} has no word")
            for feature in (*words, *map(" ".join, pairwise(words))):
                place, sign = _place(feature)
                vector[place] += sign
            if not vector.any():  # by chance all that was added was taken away
                vector[_place(text.lower())[0]] = 1
        unit: Array = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


@lru_cache(1 << 16)
def _place(feature: str) -> tuple[int, int]:
    """Find the number that a feature is added to, and with which sign."""
    hashed = int.from_bytes(blake2b(feature.encode(), digest_size=8).digest(), "little")
    return hashed % DIM, 1 if hashed >> 63 else -1
