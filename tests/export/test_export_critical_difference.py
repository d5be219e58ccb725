"""The critical-difference diagram: every name inside, bars over cliques, the same bytes twice."""

import numpy as np
import pytest
from drawn import drawn_twice
from made import experiment
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from core.errors import ConfigError, UnknownName
from core.metric import Metric
from core.plan import Plan
from core.results import Cell, Results, Row
from export.figures.critical_difference import figure
from export.figures.style import save
from export.ranked import labels
from export.ranking import rank

NAMES = ["ce", "a_rather_long name $x_1$ of a method", "β", "scl", "hybrid"]


def ranking(methods, datasets=12):
    metric = Metric("Sc", "score", float, higher_is_better=True)
    plan = Plan("main", dataset=list(range(datasets)), method=NAMES[:methods])
    toy = experiment([plan], [metric])
    noise = np.random.default_rng(0).normal(size=(datasets, methods))
    rows = [
        Row(s, {"Sc": Cell({"": NAMES.index(s.method) + noise[s.dataset, NAMES.index(s.method)]})})
        for s in toy.select()
    ]
    return rank(Results(toy, [metric], rows), "dataset", metric)


@pytest.mark.parametrize("methods", [2, 3, 5])
def test_every_name_and_rank_is_inside_and_none_touches_another(methods):
    found = ranking(methods)
    drawn = figure(found)
    canvas = FigureCanvasAgg(drawn)
    canvas.draw()
    texts = drawn.axes[0].texts
    for name, average in zip(labels(found), found.average, strict=True):
        assert any(name in t.get_text() and f"{average:.2f}" in t.get_text() for t in texts)
    boxes = [text.get_window_extent() for text in texts]
    for place, box in enumerate(boxes):
        assert drawn.bbox.x0 + 5 < box.x0 and box.x1 < drawn.bbox.x1 - 5
        assert drawn.bbox.y0 < box.y0 and box.y1 < drawn.bbox.y1
        assert not any(box.overlaps(other) for other in boxes[place + 1 :])


def test_a_bar_joins_each_clique_and_the_critical_difference_has_its_length():
    found = ranking(5)
    lines = figure(found).axes[0].lines
    bars = [line for line in lines if line.get_linewidth() > 2]
    assert len(bars) == len(found.cliques) > 0
    axis, critical = (np.ptp(lines[i].get_xdata()) for i in (0, 6))
    assert critical / axis == pytest.approx(found.critical_difference / 4)


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_a_figure_is_the_same_file_twice(tmp_path, suffix):
    drawn_twice(lambda path: save(figure(ranking(3)), path), tmp_path, suffix)


def test_the_image_has_margins_and_the_asked_resolution(tmp_path):
    save(figure(ranking(5)), tmp_path / "cd.png", dpi=150)
    with Image.open(tmp_path / "cd.png") as image:
        assert image.info["dpi"] == pytest.approx((150, 150), abs=0.1)
        pixels = np.asarray(image.convert("L"))
    assert pixels.min() < 60
    for border in (pixels[:8], pixels[-8:], pixels[:, :8], pixels[:, -8:]):
        assert (border == 255).all()


def test_an_unknown_format_or_folder_is_refused(tmp_path):
    drawn = figure(ranking(2))
    with pytest.raises(UnknownName, match=r"figure format '\.pgn'; did you mean '\.png'"):
        save(drawn, tmp_path / "cd.pgn")
    with pytest.raises(ConfigError, match="no folder"):
        save(drawn, tmp_path / "missing" / "cd.png")
