"""Tables and figures that must keep their looks: `python tests/export/drawings.py` draws them anew.

Images are compared at a third of their size: there a glyph that another machine rounds by a third
of a pixel changes no pixel by 32 of 256, and a wrong digit changes some by more than 45.
"""

from dataclasses import replace

import numpy as np
import pytest
from drawings import DPI, FIGURES, GOLDEN, TABLES, plain, write
from PIL import Image

from export.png import draw

TOLERANCE = 32
SHARE = 3


def difference(one, other):
    """Give by how much the pixels of two images differ at most, of 256; their sizes agree."""
    reduced = []
    for path in (one, other):
        with Image.open(path) as image:
            size = (image.width // SHARE, image.height // SHARE)
            small = image.convert("RGB").resize(size, Image.Resampling.BOX)
            reduced.append(np.asarray(small, dtype=float))
    assert reduced[0].shape == reduced[1].shape
    return abs(reduced[0] - reduced[1]).max()


@pytest.mark.parametrize("name", [*TABLES, *FIGURES])
def test_a_drawing_looks_as_it_did(name, tmp_path):
    assert difference(write(name, tmp_path), GOLDEN / f"{name}.png") < TOLERANCE


def test_every_golden_image_is_compared():
    assert {path.stem for path in GOLDEN.iterdir()} == {*TABLES, *FIGURES}


@pytest.mark.parametrize(
    "changed",
    [{"text": "50.51"}, {"bold": True}, {"close": False}, {"mark": "†"}, {"std": ""}],
    ids=["digit", "bold", "underline", "mark", "std"],
)
def test_one_changed_cell_is_seen(changed, tmp_path):
    table = plain()
    (first, *lines), *groups = table.groups
    place = 0 if "mark" in changed else 2
    cells = [replace(c, **changed) if i == place else c for i, c in enumerate(first.cells)]
    mutated = replace(table, groups=((replace(first, cells=tuple(cells)), *lines), *groups))
    assert first.cells[2].text == "50.50" and first.cells[2].close
    draw(mutated, tmp_path / "plain.png", DPI)
    assert difference(tmp_path / "plain.png", GOLDEN / "plain.png") > TOLERANCE
