"""Names below an axis and beside it: none touches another, all are on the page."""

import math
from itertools import pairwise

import pytest
from drawn import rows, texts
from matplotlib.backends.backend_agg import FigureCanvasAgg

from core import Metric, Setting
from export.figures import effects, heat, spread
from export.figures.sweep import Run, Sweep
from export.figures.ticks import fit

LONG = "a very long name of a method, which goes on and on_and_on-and/on"


def test_names_stand_on_one_line_where_they_fit():
    named = fit(["0.1", "0.01"], 1)
    assert (named.texts, named.look, named.more) == (("0.1", "0.01"), {}, 0)


def test_names_are_wrapped_where_lines_of_them_fit():
    named = fit(["mean of labels", "max"], 0.5)
    assert named.texts == ("mean of\nlabels", "max") and not named.look
    assert named.more == pytest.approx(9.6 / 72)


@pytest.mark.parametrize("room", [0.01, 0.2, 0.4])
def test_names_are_turned_and_shortened_in_the_middle_where_nothing_else_fits(room):
    named = fit([LONG, "ce"], room)
    assert named.texts == ("a very long na…and_on-and/on", "ce") and named.look["rotation"] == 45
    assert named.more > 0.5


@pytest.mark.parametrize("number", [2, 8])
def test_long_names_fit_on_the_page(number):
    methods = [f"{LONG} {i}" for i in range(number)]
    runs = [
        Run(Setting({"method": method, "lr": lr}), i + lr)
        for i, method in enumerate(methods)
        for lr in (0.1, 0.2)
    ]
    sweep = Sweep("Sc", "Sc", 1, True, tuple(runs))
    for drawn in (effects.figure(sweep), heat.figure(sweep, "lr", "method")):
        assert any(text.startswith("a very long na") for text in texts(drawn))
    assert any(LONG[:20] in text for text in texts(heat.figure(sweep, "method", "lr")))


def test_names_beside_an_axis_do_not_touch():
    found = rows(**{LONG: [0.1], f"{LONG} too": [0.2], "ce": [0.3], "scl": [math.nan]})
    drawn = spread.figure(found, Metric("Sc", "score", float))
    texts(drawn)
    renderer = FigureCanvasAgg(drawn).get_renderer()
    boxes = [label.get_window_extent(renderer) for label in drawn.axes[0].get_yticklabels()]
    assert len(boxes) == 4
    assert all(above.y0 >= below.y1 for above, below in pairwise(boxes))
