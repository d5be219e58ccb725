"""Training curves: the lines are the means, the bands reach as far as the runs spread."""

import numpy as np
import pytest
from drawn import rows, texts

from core.errors import ConfigError
from export.figures import curves
from export.figures.style import colour, dash

RUNS = [np.array([4.0, 2.0, 1.0]), np.array([6.0, 2.0, 3.0])]


def test_lines_are_means_and_bands_are_stds():
    drawn = curves.figure(rows(ce=RUNS, scl=RUNS[:1]), "loss")
    (axes,) = drawn.axes
    first, second = axes.lines
    assert first.get_xdata() == pytest.approx([1, 2, 3])
    assert first.get_ydata() == pytest.approx([5, 2, 2])
    assert second.get_ydata() == pytest.approx([4, 2, 1])
    (band,) = axes.collections  # one run has none
    heights = band.get_paths()[0].get_extents()
    assert (heights.y0, heights.y1) == pytest.approx((2 - np.sqrt(2), 5 + np.sqrt(2)))
    assert {"ce", "scl", "loss", "epoch", "method (n = 1–2); mean ± std"} <= set(texts(drawn))


def test_one_run_has_neither_band_nor_mention_of_one():
    drawn = curves.figure(rows((), **{"": RUNS[:1]}), "loss")
    assert not drawn.axes[0].collections
    assert "n = 1" in texts(drawn)


def test_an_epoch_without_a_value_is_a_gap():
    drawn = curves.figure(rows(a=[np.array([1.0, np.nan, 3.0])]), "loss")
    np.testing.assert_array_equal(drawn.axes[0].lines[0].get_ydata(), [1, np.nan, 3])


def test_names_as_they_are_and_a_page_that_grows_with_them():
    long = [f"backbone_with_a_long_name/{i}, $x_1$ & _method" for i in range(20)]
    drawn = curves.figure(rows(**dict.fromkeys(long, RUNS)), "loss")
    assert {*long} <= {text.replace("\n", "") for text in texts(drawn)}
    assert drawn.get_figheight() > curves.figure(rows(a=RUNS), "loss").get_figheight() + 2
    assert len({(colour(i), str(dash(i))) for i in range(len(long))}) == len(long)


def test_more_lines_than_eyes_tell_apart_are_refused():
    with pytest.raises(ConfigError, match="22 curves in one figure cannot be told apart, 21 can"):
        curves.figure(rows(**{f"m{i}": RUNS for i in range(22)}), "loss")
