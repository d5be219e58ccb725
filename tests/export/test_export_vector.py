"""Tables as PDF and SVG: the numbers and the bold of the table, text where it can be text."""

import ctypes
import re
import subprocess
import sys
from html import unescape
from xml.etree import ElementTree

import numpy as np
import pypdfium2
import pytest
from drawn import drawn_twice
from PIL import Image

from core.errors import ConfigError
from core.plan import Plan
from export import export
from export.layout import build
from export.page import compose
from export.png import draw as draw_png
from export.vector import draw


def pdf_runs(path):
    """Text of a PDF as (character, font) pairs."""
    page = pypdfium2.PdfDocument(path)[0].get_textpage()
    text = page.get_text_range()
    name = ctypes.create_string_buffer(100)
    found = []
    for place, character in enumerate(text):
        pypdfium2.raw.FPDFText_GetFontInfo(page, place, name, 100, ctypes.c_int())
        found.append((character, name.value.decode()))
    return found


def svg_runs(path):
    """Texts of an SVG, told in comments, with the fonts of their outlines."""
    parts = re.findall(r"<!-- (.*?) -->\s*<g (.*?)</g>", path.read_text(), re.DOTALL)
    return [(unescape(text).strip(), "Bold" in outlines) for text, outlines in parts]


def test_a_pdf_holds_the_page_as_text(full, tmp_path):
    draw(full, tmp_path / "table.pdf")
    text = "".join(character for character, _ in pdf_runs(tmp_path / "table.pdf"))
    held = re.sub(r"\s", "", text)
    for run in compose(full).runs:
        assert re.sub(r"\s", "", run.text) in held, run.text


def test_a_pdf_has_the_bold_numbers_of_the_table_in_bold(full, numbers, tmp_path):
    draw(full, tmp_path / "table.pdf")
    marked = "".join(c if "Bold" in font else " " for c, font in pdf_runs(tmp_path / "table.pdf"))
    shown = [cell for line in numbers(full) for cell in line]
    assert re.findall(r"−?\d+\.\d+", marked) == [text for text, _, bold, _ in shown if bold]


def test_a_pdf_embeds_true_type_fonts(full, tmp_path):
    draw(full, tmp_path / "table.pdf")
    data = (tmp_path / "table.pdf").read_bytes()
    assert b"/FontFile2" in data and b"/Type3" not in data
    assert {"STIXGeneral-Regular", "STIXGeneral-Bold"} <= {
        font.partition("+")[2] or font for _, font in pdf_runs(tmp_path / "table.pdf")
    }


def test_an_svg_has_the_numbers_and_the_bold_of_the_page(full, numbers, tmp_path):
    draw(full, tmp_path / "table.svg")
    found = svg_runs(tmp_path / "table.svg")
    texts = [(run.text.strip(), run.style.weight == "bold") for run in compose(full).runs]
    assert found == texts
    for line in numbers(full):
        assert all((text, bold) in found for text, _, bold, _ in line)


def test_an_svg_needs_no_font_and_is_well_formed(full, tmp_path):
    draw(full, tmp_path / "table.svg")
    text = (tmp_path / "table.svg").read_text()
    ElementTree.fromstring(text)
    assert "<text" not in text and "font-family" not in text


def test_a_pdf_looks_as_the_image_does(full, tmp_path):
    draw(full, tmp_path / "table.pdf")
    draw_png(full, tmp_path / "table.png", dpi=100)
    page = pypdfium2.PdfDocument(tmp_path / "table.pdf")[0].render(scale=100 / 72, grayscale=True)
    with Image.open(tmp_path / "table.png") as image:
        size = (image.width // 4, image.height // 4)
        drawn, pixels = (np.asarray(i.convert("L").resize(size)) for i in (page.to_pil(), image))
    difference = np.abs(drawn.astype(float) - pixels)
    assert difference.mean() < 4 and (difference > 90).mean() < 0.005


@pytest.mark.parametrize("suffix", [".pdf", ".svg"])
def test_two_drawings_are_the_same_file_without_a_date(suffix, full, tmp_path):
    data = drawn_twice(lambda path: draw(full, path), tmp_path, suffix)
    assert b"CreationDate" not in data and b"dc:date" not in data


def test_control_characters_leave_the_svg_well_formed(gathered, tmp_path):
    table = build(gathered(Plan("main", a=["x\x00y", "--", "\u200b"]), Sc=[0.5, 0.6, 0.7]))
    draw(table, tmp_path / "table.svg")
    ElementTree.parse(tmp_path / "table.svg")
    assert r"x\x00y" in [text for text, _ in svg_runs(tmp_path / "table.svg")]


def test_a_table_too_tall_for_a_page_is_refused(gathered, tmp_path):
    table = build(gathered(Plan("main", a=list(range(1000))), Sc=[0.5] * 1000))
    with pytest.raises(ConfigError, match=r"a page has 14400 a side at most; select fewer rows"):
        export(table, tmp_path / "table.pdf")
    assert list(tmp_path.iterdir()) == []


def test_pyplot_is_never_imported(tmp_path):
    code = "import sys, export.vector\nassert 'matplotlib.pyplot' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
