"""Tables as PNG: nothing clipped, nothing overlapping, exactly what the table says."""

import subprocess
import sys

import numpy as np
import pytest
from drawn import drawn_twice
from PIL import Image

from core.errors import ConfigError
from core.plan import Plan
from export.glyphs import outline, width
from export.layout import build
from export.page import BODY, compose
from export.png import draw
from export.published import PublishedRow

PUBLISHED = [
    PublishedRow("A rather long name of a published system", "Paper", {}, {"Sc": ("68.1", "")}, 1),
    PublishedRow("Other", "Paper", {}, {"Sc": ("6.12", "0.25")}, 3, comparable=False, note="odd"),
]


@pytest.fixture(params=["hard", "one", "published", "many"])
def table(request, hard, gathered):
    many = Plan("main", a=["x", "y"], b=list(range(10)), c=list(range(10)))
    return {
        "hard": lambda: build(hard),
        "one": lambda: build(gathered(Plan("main", a=1), Sc=[0.5])),
        "published": lambda: build(hard, published=PUBLISHED),
        "many": lambda: build(gathered(many, Sc=[i / 200 for i in range(200)], loss=[1.0] * 200)),
    }[request.param]()


@pytest.fixture
def page(table):
    return compose(table)


def boxes(page):
    """Left, top, right and bottom of each text, without ascender and descender."""
    return np.array(
        [
            (run.x, run.y - 0.7 * run.style.size, run.x + width(run.text, run.style), run.y)
            for run in page.runs
        ]
    )


def test_all_text_lies_inside_the_page(page):
    left, top, right, bottom = boxes(page).T
    assert left.min() > 5 and top.min() > 5
    assert right.max() < page.width - 5 and bottom.max() < page.height - 5


def test_no_text_overlaps_another_or_a_rule(page):
    found = boxes(page)
    left, top, right, bottom = (side[:, None] for side in found.T)
    over = (left < found[:, 2] - 0.01) & (found[:, 0] < right - 0.01)
    over &= (top < found[:, 3]) & (found[:, 1] < bottom)
    np.fill_diagonal(over, False)
    where = [(page.runs[i].text, page.runs[j].text) for i, j in np.argwhere(over)]
    assert where == []
    for rule in page.rules:
        assert not ((found[:, 1] < rule.y) & (rule.y < found[:, 3])).any()


def test_every_number_is_drawn_and_the_best_is_bold(page, table):
    drawn = {(run.text, run.style.weight) for run in page.runs}
    for line in table.lines:
        for column, cell in zip(table.columns, line.cells, strict=True):
            if column.kind == "metric":
                assert (cell.text, "bold" if cell.bold else "normal") in drawn
                assert not cell.std or (cell.std, "normal") in drawn


def test_decimal_points_of_a_column_are_on_one_line(gathered):
    table = build(gathered(Plan("main", a=["x", "y", "z"]), loss=[1.5, 100.25, -10.0]))
    found = [run for run in compose(table).runs if run.text in ("1.50", "100.25", "−10.00")]
    points = [run.x + width(run.text.partition(".")[0], run.style) for run in found]
    assert len(found) == 3 and np.ptp(points) < 1e-6


def test_rules_are_thick_outside_thin_below_the_head_and_light_between_groups(gathered):
    plan = Plan("main", a=["x", "y", "z"], b=[1, 2], c=[1, 2])
    rules = compose(build(gathered(plan, Sc=[0.5] * 12))).rules
    weights = [rule.weight for rule in rules]
    assert weights[0] == weights[-1] == max(weights)
    assert weights[1] > weights[2] == weights[3] and len(weights) == 5
    assert len({(rule.x, rule.length) for rule in rules}) == 1


@pytest.mark.parametrize("repeats", [1, 3])
def test_long_names_are_wrapped_and_run_down_beside_their_group(gathered, repeats):
    name = repeats * "a_very_long_checkpoint_name-pretrained/"
    plan = Plan("main", a=[name, "x"], b=[1, 2], c=[3, 4])
    page = compose(build(gathered(plan, Sc=[0.5] * 8)))
    parts = [run for run in page.runs if run.text in name and len(run.text) > 4]
    assert len(parts) > repeats and "".join(run.text for run in parts) == name
    assert np.diff([run.y for run in parts]).max() < 2 * BODY


def test_special_characters_are_drawn_as_they_are(gathered, tmp_path):
    names = ["$x_1^2$", "a_b^c", "<script>&amp;", r"\alpha \frac", "100 %", "β≤½ é"]
    table = build(gathered(Plan("main", a=names), Sc=[0.5] * 6))
    drawn = {run.text for run in compose(table).runs}
    assert drawn >= set(names)
    style = compose(table).runs[-1].style
    ink, digits = (outline(text, style).get_extents().width for text in ("$123$", "123"))
    assert ink == pytest.approx(digits + 2 * width("1", style), rel=0.1)
    draw(table, tmp_path / "names.png")


def test_the_image_is_black_on_white_with_margins_and_the_asked_resolution(table, page, tmp_path):
    for dpi in (100, 200):
        draw(table, tmp_path / "table.png", dpi)
        with Image.open(tmp_path / "table.png") as image:
            pixels = np.asarray(image)
            assert image.info["dpi"] == pytest.approx((dpi, dpi), abs=0.1)
        size = np.array([page.height, page.width]) * dpi / 72
        np.testing.assert_allclose(pixels.shape, size, atol=1)
        edge = dpi // 10
        for border in (pixels[:edge], pixels[-edge:], pixels[:, :edge], pixels[:, -edge:]):
            assert (border == 255).all()
        assert pixels.min() < 60 and pixels.mean() > 215


def test_every_text_leaves_ink_where_the_page_says(hard, tmp_path):
    page = compose(build(hard))
    draw(build(hard), tmp_path / "table.png")
    with Image.open(tmp_path / "table.png") as image:
        pixels = np.asarray(image)
    for run, box in zip(page.runs, boxes(page), strict=True):
        left, top, right, bottom = (box * 200 / 72).round().astype(int)
        assert pixels[top : bottom + 2, left : right + 1].min() < 200, run.text


def test_two_drawings_are_the_same_file(hard, tmp_path):
    drawn_twice(lambda path: draw(build(hard), path), tmp_path, ".png")


def test_a_table_too_tall_for_an_image_is_refused(gathered, tmp_path):
    table = build(gathered(Plan("main", a=list(range(300))), Sc=[0.5] * 300))
    with pytest.raises(ConfigError, match=r"65535 a side at most; select fewer rows"):
        draw(table, tmp_path / "table.png", dpi=2000)
    assert list(tmp_path.iterdir()) == []


def test_pyplot_is_never_imported(tmp_path):
    code = (
        "import sys, export.png, export.terminal\n"
        "assert 'matplotlib.pyplot' not in sys.modules and 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
