"""Confusion matrices and recall: shares and counts are means over runs."""

import numpy as np
import pytest
from drawn import rows, texts

from core.errors import ConfigError
from export.figures import classes, confusion

ONE = np.array([[8, 2], [1, 3]])
OTHER = np.array([[6, 4], [3, 1]])
NAMES = ("normal", "crackle")


def test_shares_are_of_the_true_class_and_a_class_without_examples_has_none():
    shares = confusion.normalised(np.array([[3, 1], [0, 0]]))
    np.testing.assert_array_equal(shares, [[0.75, 0.25], [np.nan, np.nan]])
    np.testing.assert_array_equal(
        classes.recall(np.stack([ONE, OTHER])), [[0.8, 0.75], [0.6, 0.25]]
    )


def test_a_matrix_is_the_mean_over_runs():
    drawn = confusion.figure(rows((), **{"": [ONE, OTHER]}), NAMES)
    (image,) = drawn.axes[0].images
    np.testing.assert_allclose(image.get_array(), [[0.7, 0.3], [0.5, 0.5]])
    written = texts(drawn)
    assert {"70", "30", "50", "7", "3", "2", *NAMES} <= {*written}
    assert "answer\nn = 2; % of the true class, mean count" in written


@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_each_row_has_its_matrix(number):
    drawn = confusion.figure(rows(**{f"m{i}": [ONE] for i in range(number)}), NAMES)
    assert len(drawn.axes) == number
    titles = {f"m{i}" for i in range(number)} if number > 1 else set()
    assert titles <= {*texts(drawn)}


@pytest.mark.parametrize("size", [10, 20])
def test_many_classes_fit(size):
    names = tuple(f"engine idling {i}" for i in range(size))
    assert {*names} <= {*texts(confusion.figure(rows((), **{"": [np.eye(size)]}), names))}


def test_bars_are_recalls_with_their_std():
    drawn = classes.figure(rows(ce=[ONE, OTHER], scl=[ONE]), NAMES)
    (axes,) = drawn.axes
    assert [bar.get_height() for bar in axes.patches] == pytest.approx([70, 50, 80, 75])
    (lines,) = [c for c in axes.collections if len(c.get_segments()) == 2]
    first = lines.get_segments()[0][:, 1]
    assert first == pytest.approx([70 - 10 * np.sqrt(2), 70 + 10 * np.sqrt(2)])
    assert {*NAMES, "ce", "scl", "recall (%)"} <= {*texts(drawn)}


def test_too_many_rows_are_refused():
    with pytest.raises(ConfigError, match="13 confusion matrices"):
        confusion.figure(rows(**{f"m{i}": [ONE] for i in range(13)}), NAMES)
    with pytest.raises(ConfigError, match="8 rows of bars"):
        classes.figure(rows(**{f"m{i}": [ONE] for i in range(8)}), NAMES)
