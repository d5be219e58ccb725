"""What scoring needs of a corpus of clips: what is labelled in each of them."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from experiments.common.corpora import Clip

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, eq=False)
class Target:
    """A corpus on which sounds are classified.

    Attributes
    ----------
    clips:
        In the order of the corpus's own table.
    labels:
        (clips, classes) float32, 1 where a class is heard and 0 where it is not.
    folds:
        (clips,) text, the official part of each: "1" to "10", or "train", "validate", "test".
    classes:
        Names of the classes.
    """

    clips: tuple[Clip, ...]
    labels: Array
    folds: Array
    classes: tuple[str, ...]
