"""What was found of each class, what of it is right, and the scores that follow."""

from typing import NamedTuple

import numpy as np

from experiments.sed.material import Array


class Counts(NamedTuple):
    """Numbers of each class (classes,), of frames, of events or of anything else.

    Scores are NaN for a class that is not there, which means over classes leave out, and 0 for
    one of which nothing was found, which `sed_eval` leaves out as well unless told otherwise.
    """

    hits: Array
    found: Array
    present: Array

    @property
    def precision(self) -> Array:
        """The share of what was found that is right."""
        return self._known(self.hits / np.maximum(self.found, 1))

    @property
    def recall(self) -> Array:
        """The share of what is there that was found."""
        return self._known(self.hits / np.maximum(self.present, 1))

    @property
    def f1(self) -> Array:
        """The harmonic mean of both."""
        return self._known(2 * self.hits / np.maximum(self.found + self.present, 1))

    @property
    def overall(self) -> "Counts":
        """All classes taken for one, (1,)."""
        return Counts(*(values.sum(keepdims=True) for values in self))

    def _known(self, scores: Array) -> Array:
        return np.where(self.present > 0, scores, np.nan)


def count(found: Array, present: Array) -> Counts:
    """Count decisions (clips, classes, …), both bools, class by class."""
    rest = tuple(axis for axis in range(found.ndim) if axis != 1)
    return Counts((found & present).sum(rest), found.sum(rest), present.sum(rest))
