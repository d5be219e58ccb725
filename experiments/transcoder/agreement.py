"""How far a transcoder's scores are from the oracle's: one value a 10-s file."""

import numpy as np

from experiments.transcoder.clips import Array

NAMES = ("bce", "excess", "kl", "mse", "cos", "top")
# Published guard of the logarithms in the divergence.
TINY = 1e-10
# Probabilities of 0 and 1 cost no more than this, as torch's binary cross-entropy has it.
LONGEST = 100.0


def agreement(scores: Array, oracle: Array) -> dict[str, Array]:
    """Compare scores (files, chunks, classes) in [0, 1] with the oracle's, file by file.

    `bce`: binary cross-entropy against the oracle's scores, mean over chunks and classes. Its
    floor is not 0 but the oracle's own entropy; `excess` is what is above it. `kl`: with scores
    averaged over the chunks, mean over classes of o·(ln o − ln m), as published; it is no
    divergence of distributions and may be negative. `mse`, `cos`: squared error, and cosine
    similarity, of the averaged scores. `top`: whether both have the same highest class. Where
    there are no classes all is NaN.
    """
    if not oracle.shape[-1]:
        return dict.fromkeys(NAMES, np.full(len(oracle), np.nan))
    model, truth = scores.mean(axis=1), oracle.mean(axis=1)
    cross = _cross_entropy(scores, oracle)
    ratio = np.log(truth + TINY) - np.log(model + TINY)
    lengths = np.linalg.norm(model, axis=1) * np.linalg.norm(truth, axis=1)
    return {
        "bce": cross,
        "excess": cross - _cross_entropy(oracle, oracle),
        "kl": (truth * ratio).mean(axis=1),
        "mse": np.square(model - truth).mean(axis=1),
        "cos": (model * truth).sum(axis=1) / np.maximum(lengths, TINY),
        "top": model.argmax(axis=1) == truth.argmax(axis=1),
    }


def top_by_class(scores: Array, oracle: Array) -> float:
    """Give the share of files that have the oracle's top class, as a mean over these classes.

    Scores are (files, chunks, classes), averaged over the chunks.
    """
    found, top = scores.mean(axis=1).argmax(axis=1), oracle.mean(axis=1).argmax(axis=1)
    return float(np.mean([(found == top)[top == one].mean() for one in np.unique(top)]))


def _cross_entropy(scores: Array, targets: Array) -> Array:
    """Give the binary cross-entropy (files,) of scores (files, chunks, classes)."""
    with np.errstate(divide="ignore"):
        present = np.maximum(np.log(scores), -LONGEST)
        absent = np.maximum(np.log1p(-scores), -LONGEST)
    mean: Array = -(targets * present + (1 - targets) * absent).mean(axis=(1, 2))
    return mean
