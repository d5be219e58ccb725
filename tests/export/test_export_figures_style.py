"""The style: how numbers are written, texts broken, files written."""

import numpy as np
import pytest
from drawn import drawn_twice, rows
from matplotlib.figure import Figure

from export.figures import curves
from export.figures.legend import wrapped
from export.figures.style import number, page, save


def curves_figure() -> Figure:
    """Two rows with bands."""
    epochs = np.arange(20)
    falling = [np.exp(-epochs / 5) + 0.1 * i for i in range(3)]
    return curves.figure(rows(ce=falling, scl=[1.5 * run for run in falling]), "training loss")


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_a_figure_is_the_same_file_twice(tmp_path, suffix):
    drawn_twice(lambda path: save(curves_figure(), path), tmp_path, suffix)


def test_a_page_is_as_wide_as_a_column():
    assert page(2).get_figwidth() == 3.3


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.25, "0.25"),
        (1e-3, "1e−3"),
        (7.9e-5, "7.9e−5"),
        (2027.4, "2027"),
        (-3.0, "−3"),
    ],
)
def test_numbers_are_written_as_people_do(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("text", "letters", "lines"),
    [
        ("short", 10, "short"),
        ("conv_fine_tune_from", 15, "conv_fine_tune_\nfrom"),
        ("two words", 5, "two\nwords"),
        ("1e-05", 10, "1e-05"),
        ("unbreakable", 6, "unbrea\nkable"),
        ("", 5, "–"),
    ],
)
def test_texts_are_broken_where_words_end(text, letters, lines):
    assert wrapped(text, letters) == lines
