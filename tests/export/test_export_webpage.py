"""Tables as HTML: the numbers and the bold of the table, nothing fetched, nothing run."""

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

from core.plan import Plan
from export.fragment import fragment
from export.layout import build
from export.pivot import pivot
from export.webpage import draw


class Reader(HTMLParser):
    """Fields of a page's table: attributes, text, and the text that is bold or underlined."""

    def __init__(self):
        super().__init__()
        self.rows, self.open, self.tags, self.names = [], [], set(), set()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.names |= {name for name, _ in attributes}
        if tag not in ("br", "meta", "input"):
            self.open.append(tag)
        if tag == "tr":
            self.rows.append({"attributes": dict(attributes), "fields": []})
        if tag in ("td", "th"):
            self.rows[-1]["fields"].append({**dict(attributes), "text": "", "b": "", "u": ""})

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if {"td", "th"} & {*self.open}:
            field = self.rows[-1]["fields"][-1]
            for name in ("text", *({"b", "u"} & {*self.open})):
                field[name] += data if "small" not in self.open else ""


def parse(text):
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    return reader


def test_numbers_and_emphasis_are_those_of_the_table(full, numbers):
    _, *rows = parse(fragment(full)).rows
    for row, expected in zip(rows, numbers(full), strict=True):
        for field, (text, std, bold, close) in zip(row["fields"][4:], expected, strict=True):
            mean, _, deviation = field["text"].strip().partition(" ± ")
            assert (mean, deviation) == (text, std)
            assert (field["b"], field["u"]) == (text if bold else "", text if close else "")


def test_fields_are_sorted_by_their_numbers_and_empty_where_there_is_none(full):
    _, *rows = parse(fragment(full)).rows
    for row, line in zip(rows, full.lines, strict=True):
        for field, cell in zip(row["fields"][4:], line.cells[4:], strict=True):
            found = field["data-order"]
            assert float(found) == cell.mean if cell.state == "value" else found == ""


def test_every_number_tells_its_runs_and_every_row_its_tasks_or_its_paper(full):
    known = {"0000000000000002": {"commit": "abc", "host": "<node>"}}
    _, *rows = parse(fragment(replace(full, provenance=known))).rows
    told = rows[2]["fields"][4]["title"].split("\n")
    assert told[0].startswith("Sc (%) ↑: 55 ± 7.07107, n = 2")
    assert told[1:] == ["run=0: 50", "run=1: 60", "run=2: to do"]
    assert rows[2]["attributes"]["data-source"] == "task 0000000000000002 abc <node>"
    assert rows[-1]["attributes"]["data-source"] == "Other"


def test_names_are_shown_and_never_run(full, gathered):
    reader = parse(fragment(full))
    assert not reader.tags & {"script", "img", "a"}
    text = [field["text"] for row in reader.rows for field in row["fields"]]
    assert "β $x_1^2$ & <script>" in text and "<img src=x> [3]†" in text
    names = ['" onclick="x', "</td>", "&lt;", "'"]
    rows = parse(fragment(build(gathered(Plan("main", a=names), Sc=[0.5] * 4)))).rows[1:]
    assert [row["fields"][0]["text"] for row in rows] == names
    assert all(set(row["fields"][0]) == {"class", "data-order", "text", "b", "u"} for row in rows)


def test_the_page_holds_all_it_needs_and_forbids_the_rest(full, tmp_path):
    draw(full, tmp_path / "table.html")
    text = (tmp_path / "table.html").read_text(encoding="utf-8")
    reader = parse(text)
    assert not reader.tags & {"link", "img", "iframe", "base", "object"}
    assert not reader.names & {"src", "href", "action", "background"}
    (script,) = re.findall(r'<script type="module">(.*?)</script>', text, re.DOTALL)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in text
    assert f"script-src data: 'sha256-{digest}'\"" in text
    assert "<title>A &lt;b&gt;toy&lt;/b&gt; &amp; 100%</title>" in text


def test_groups_are_told_by_rules_and_by_what_is_not_repeated(full):
    rows = parse(fragment(full)).rows[1:]
    starts = [i for i, row in enumerate(rows) if "first" in row["attributes"].get("class", "")]
    sizes = [len(group) for group in full.groups]
    assert starts == [sum(sizes[: i + 1]) for i in range(len(sizes) - 1)]
    assert fragment(full).count('<span class="repeated">') == 10


def test_a_browser_sorts_filters_and_tells_offline(offline, full, tmp_path):
    draw(full, tmp_path / "table.html")
    page = offline(tmp_path / "table.html")
    assert page.locator("table.grouped").count() == 1

    def values():
        return page.eval_on_selector_all(
            "tbody td:nth-child(5)", "all => all.map(field => field.dataset.order)"
        )

    written = values()
    numbers = sorted(float(value) for value in written if value)
    for order, rising in (("ascending", True), ("descending", False)):
        page.click("th:has-text('Sc')")
        page.wait_for_selector(f"th[aria-sort={order}]")
        found = [float(value) for value in values() if value]
        assert found == (numbers if rising else numbers[::-1])
        assert all(not value for value in values()[len(numbers) :])
    assert page.locator("table.grouped").count() == 0
    page.click("th:has-text('Sc')")
    page.wait_for_selector("table.grouped")
    assert values() == written
    page.fill("input", "<script>")
    page.wait_for_function("document.querySelectorAll('tbody tr').length < 8")
    assert "of 15" in page.inner_text(".dt-info")
    page.click("tbody td:nth-child(6)")
    assert page.inner_text("dialog[open] pre").endswith("task 0000000000000006")
    page.click("dialog button")
    page.click("tbody td:nth-child(1)")
    assert page.inner_text("dialog[open] pre") == "task 0000000000000006"


def test_a_browser_sorts_by_the_column_whose_head_is_clicked_below_common_heads(
    offline, gathered, tmp_path
):
    plan = Plan("main", net=["p", "q", "r"], lr=[1, 2])
    results = pivot(gathered(plan, Sc=[0.1, 0.6, 0.3, 0.4, 0.2, 0.5]), ["lr"])
    draw(build(results), tmp_path / "table.html")
    page = offline(tmp_path / "table.html")

    def nets():
        return "".join(page.locator("tbody td:first-child").all_inner_texts())

    for title, expected in (("1", "prq"), ("2", "qrp")):
        page.locator("thead tr:last-child th", has_text=title).click()
        page.wait_for_selector(f"thead .dt-ordering-asc:has-text('{title}')")
        assert nets() == expected
    page.locator("thead th.across").click()
    assert nets() == "qrp"
