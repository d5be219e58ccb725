"""Reports as HTML: all there is in one file, nothing fetched, nothing run."""

import io
import re
from base64 import b64decode
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pytest
import soundfile

from core.errors import ConfigError
from core.plan import Plan
from export.layout import build
from export.report import Clip, Failure, Picture, Report, Section, document, draw
from export.report.markup import log

ODD = "\"><script>alert(1)</script><img src=x onerror=alert(2)> & '</pre>"
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt">'
    b"<script>alert(3)</script></svg>"
)


def tone() -> bytes:
    """A tenth of a second of sound."""
    file = io.BytesIO()
    soundfile.write(file, 0.1 * np.sin(np.arange(800)), 8000, format="WAV")
    return file.getvalue()


@pytest.fixture
def report(full, gathered):
    """Every part there is, each with names that could be taken for markup."""
    other = build(gathered(Plan("main", lr=[0.2, 0.1]), Sc=[0.5, 0.6]), title="Other")
    picture = Picture(SVG, "image/svg+xml", 1.5, ODD, ODD, (ODD,))
    clips = (Clip(tone(), "audio/wav", ODD, ODD), Clip(SVG, "image/svg+xml", "", ODD))
    failure = Failure(ODD, "failed", ODD, (("host", ODD),), f"{ODD}\n  line 2", ODD)
    return Report(
        ODD,
        ODD,
        (("Selected", ODD),),
        (
            Section("Results", (ODD, full, other)),
            Section("Figures", (picture, picture, ODD)),
            Section("Sounds", clips),
            Section(ODD, (failure,)),
        ),
    )


class Reader(HTMLParser):
    """Tags with their attributes, and the text outside of style and script."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.text = [], [], ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "script"} & {*self.open}:
            self.text += data


def test_every_text_is_shown_and_never_run(report):
    reader = Reader(document(report))
    tags = [tag for tag, _ in reader.tags]
    assert tags.count("script") == 1 and not {"link", "iframe", "base", "object"} & {*tags}
    assert not any(name.startswith("on") for _, found in reader.tags for name in found)
    # The title and its h1, the purpose, a fact, a paragraph, a figure's three twice, one more
    # paragraph, a sound's two, a picture's, a section with its link, a failure's five.
    assert reader.text.count(ODD) == 2 + 1 + 1 + 1 + 6 + 1 + 2 + 1 + 2 + 5


def test_every_source_is_inside_the_page_and_whole(report):
    reader = Reader(document(report))
    sources = [found["src"] for _, found in reader.tags if "src" in found]
    decoded = [b64decode(source.partition("base64,")[2]) for source in sources]
    assert decoded == [SVG, SVG, tone(), SVG]
    assert all(source.startswith("data:") for source in sources)
    links = [found["href"] for _, found in reader.tags if "href" in found]
    places = [found["id"] for tag, found in reader.tags if tag == "section"]
    assert links == [f"#{place}" for place in places] and len(places) == 4


def test_figures_stand_together_and_so_do_sounds(report):
    text = document(report)
    assert text.count('<div class="figures">') == text.count('<div class="clips">') == 1
    assert re.search(r"<h3>Other</h3>", text)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("1 %\r50 %\r100 %\ndone", "100 %\ndone"),
        ("windows\r\nlines", "windows\nlines"),
        ("a\tb <c>", "a       b <c>"),
        ("bell \x07, null \0", "bell �, null �"),
    ],
)
def test_a_log_is_shown_as_the_terminal_last_showed_it(written, shown):
    assert unescape(log(written)) == shown


def test_a_report_is_whole_or_absent(report, tmp_path):
    draw(report, tmp_path / "report.html")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    with pytest.raises(ConfigError, match="there is no folder"):
        draw(report, tmp_path / "none" / "report.html")


@pytest.fixture
def page(offline, report, tmp_path):
    """The report in a browser."""
    draw(report, tmp_path / "report.html")
    return offline(tmp_path / "report.html")


def test_a_browser_sorts_and_filters_each_table_alone(page):
    first, second = page.locator("table.results").all()
    rates = second.locator("tbody td:first-child")
    assert rates.all_inner_texts() == ["0.2", "0.1"]
    before = first.locator("tbody").inner_text()
    second.locator("th:has-text('lr')").click()
    page.wait_for_selector("th[aria-sort=ascending]")
    assert rates.all_inner_texts() == ["0.1", "0.2"]
    page.locator(".dt-search input").nth(1).fill("0.2")
    page.wait_for_function("document.querySelectorAll('table')[1].tBodies[0].rows.length == 1")
    assert first.locator("tbody").inner_text() == before
    assert "<script>" in before


def test_a_browser_shows_where_a_row_is_from(page):
    page.locator("table.results").nth(1).locator("tbody td").first.click()
    assert page.inner_text("dialog[open] pre") == "task 0000000000000000"


def test_a_browser_plays_what_the_page_holds(page):
    page.wait_for_function("document.querySelector('audio').readyState >= 1")
    assert page.evaluate("document.querySelector('audio').duration") == pytest.approx(0.1)
    widths = page.eval_on_selector_all("img", "all => all.map(image => image.naturalWidth)")
    assert widths == [96, 96, 96]  # 72 points
    assert page.eval_on_selector(".figures img", "image => image.width") == 159


def test_logs_open_by_a_click_and_on_paper(page):
    tail = page.locator("details pre")
    assert not tail.is_visible()
    page.click("summary")
    assert tail.is_visible() and "\n  line 2" in tail.inner_text()
    page.click("summary")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tail.is_visible()


def test_the_page_fits_a_phone(page):
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
