"""Small experiments with results made by hand."""

import math
import shutil

import pytest
from made import experiment

from core.metric import Metric
from core.plan import Factor, Plan
from core.results import Cell, Results, Row
from export.layout import build
from export.published import PublishedRow

METRICS = [
    Metric("Sc", "score", float, higher_is_better=True, percent=True, precision=1),
    Metric("loss", "score", float, higher_is_better=False),
    Metric("seconds", "score", float, unit="s", precision=0),
]


def found(value):
    """A cell of three planned runs from a number, a list of numbers, or a state."""
    if isinstance(value, Cell):
        return value
    if isinstance(value, str):
        return Cell(planned=3, missing={f"run={i}": value for i in range(3)})
    values = value if isinstance(value, list) else [value] * 3
    missing = {f"run={i}": "to do" for i in range(len(values), 3)}
    return Cell({f"run={i}": v for i, v in enumerate(values)}, 3, missing)


@pytest.fixture
def gathered():
    """Make results: plans, and for each metric a value, list, state or cell for each row."""

    def make(*plans, metrics=None, defaults=None, **columns):
        metrics = metrics or [metric for metric in METRICS if metric.name in columns]
        toy = experiment(plans, METRICS, defaults=defaults or {}, replicates={"run": range(3)})
        settings = list(dict.fromkeys(s.without({"run"}) for s in toy.select()))
        rows = [
            Row(setting, {m.name: found(columns[m.name][i]) for m in metrics}, (f"{i:016x}",))
            for i, setting in enumerate(settings)
        ]
        return Results(toy, metrics, rows)

    return make


@pytest.fixture
def hard(gathered):
    """Every case at once: groups, a blank factor, long and odd names, all states, NaN, few runs."""
    plan = Plan(
        "main",
        model=["a_very_long_checkpoint_name-pretrained/on_something", "β $x_1^2$ & <script>"],
        method=["ce", "scl"],
        temperature=Factor([0.06, 0.1], when={"method": "scl"}),
        lr=[1e-4, 0.01],
    )
    score = [
        *("failed", "running", [0.5, 0.6], [0.51], [math.nan] * 3, "to do"),
        *("damaged", [0.125, math.nan, 0.375], "stale", [0.7, 0.71, 0.72], 0.7, 1.0),
    ]
    loss = [-10.5, 2.0, [1e3, 2e3, 3e3], 4.0, Cell(applicable=False), *[0.25] * 7]
    return gathered(plan, Sc=score, loss=loss, seconds=[[9000.0 + i] for i in range(12)])


@pytest.fixture
def full(hard):
    """Make the hard table, with published rows: under a row of ours, and in a group of their own.

    Their names are what formats are known to stumble over.
    """
    one = {"model": "β $x_1^2$ & <script>", "method": "ce", "lr": "0.01"}
    rows = [
        PublishedRow("=1+1 | 50% `a` #N/A", "Paper, Table 3", one, {"Sc": ("68.1", "0.25")}, 4),
        PublishedRow("[a](b) {x} \\y ~^ *z*", "A & B_c, p. 3", {}, {"loss": ("-0.5", "")}, None),
        PublishedRow("<img src=x>", "Other", {}, {"Sc": ("6.12", "")}, 1, comparable=False),
    ]
    return build(hard, published=rows, title="A <b>toy</b> & 100%")


@pytest.fixture
def numbers():
    """Give the numbers that a table shows: text, deviation, bold and underlined, line by line."""

    def listed(table):
        return [
            [
                (cell.text, cell.std, cell.bold, cell.close)
                for cell, column in zip(line.cells, table.columns, strict=True)
                if column.kind == "metric"
            ]
            for line in table.lines
        ]

    return listed


@pytest.fixture(scope="module")
def browser():
    """A chromium without a window."""
    sync = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not shutil.which("chromium"):
        pytest.skip("chromium is not installed")
    with sync.sync_playwright() as play:
        opened = play.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield opened
        opened.close()


@pytest.fixture
def offline(browser):
    """Open a file without a network; it must ask for nothing, complain of nothing, run nothing."""
    page = browser.new_page(offline=True)
    problems, requests = [], []
    page.on("pageerror", lambda error: problems.append(error))
    page.on("console", lambda message: problems.append(message.text))
    page.on("dialog", lambda dialog: problems.append(dialog.message))
    page.on("request", lambda request: requests.append(request.url))

    def opened(path):
        page.goto(path.as_uri())
        page.wait_for_selector(".dt-search")
        return page

    yield opened
    assert problems == []
    assert [url for url in requests if not url.startswith("data:")] == [page.url]
    page.close()
