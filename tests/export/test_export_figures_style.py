"""The style: how numbers are written, and two figures that must keep their looks."""

from pathlib import Path

import numpy as np
import pytest
from drawn import rows
from matplotlib.figure import Figure
from PIL import Image

from core import Setting
from export.figures import curves, effects
from export.figures.legend import wrapped
from export.figures.style import number, page, save
from export.figures.sweep import Run, Sweep

GOLDEN = Path(__file__).with_name("golden")
DPI = 100


def curves_figure() -> Figure:
    """Two rows with bands."""
    epochs = np.arange(20)
    falling = [np.exp(-epochs / 5) + 0.1 * i for i in range(3)]
    return curves.figure(rows(ce=falling, scl=[1.5 * run for run in falling]), "training loss")


def effects_figure() -> Figure:
    """A factor with modalities, and one with ranges over three magnitudes."""
    settings = [{"method": "ab"[i % 2], "lr": 10 ** (-3 + i / 10)} for i in range(30)]
    runs = tuple(Run(Setting(s), 50 + i % 2 + i / 3) for i, s in enumerate(settings))
    return effects.figure(Sweep("Sc", "Sc (%) ↑", 1, True, runs))


@pytest.mark.parametrize("draw", [curves_figure, effects_figure])
def test_a_figure_looks_as_it_did(draw, tmp_path):
    """Tell a changed drawing from another machine's rounding: quarter-size, within a tolerance."""
    name = f"{draw.__name__}.png"
    save(draw(), tmp_path / name, DPI)
    now, before = (_quartered(folder / name) for folder in (tmp_path, GOLDEN))
    assert now.shape == before.shape
    assert abs(now - before).mean() < 1.5
    assert abs(now - before).max() < 60


def _quartered(path):
    with Image.open(path) as image:
        small = image.convert("RGB").resize(
            (image.width // 4, image.height // 4), Image.Resampling.BOX
        )
        return np.asarray(small, dtype=float)


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_a_figure_is_the_same_file_twice(tmp_path, suffix):
    for name in ("a", "b"):
        save(curves_figure(), tmp_path / f"{name}{suffix}")
    first, second = ((tmp_path / f"{name}{suffix}").read_bytes() for name in ("a", "b"))
    assert first == second and len(first) > 1000


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
