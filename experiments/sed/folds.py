"""The four folds of the published recipe, drawn over all sounds of the table."""

import numpy as np

from experiments.sed.material import Array

FOLDS = (1, 2, 3, 4)
SEED = 1234


def draw_folds(sounds: int) -> Array:
    """Give the fold, 1 to 4, of each row of the table (sounds,).

    Rows are shuffled and dealt in turn, whatever their class and whether verified or not. The
    published generator is numpy's old one, whose stream is frozen.
    """
    order = np.random.RandomState(SEED).permutation(sounds)
    folds = np.empty(sounds, np.int8)
    folds[order] = np.arange(sounds) % len(FOLDS) + 1
    return folds
