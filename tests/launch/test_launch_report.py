"""The report of a small experiment, from its records to the page."""

import json
import re
import shlex
import shutil
from functools import partial
from html import unescape

import pytest
import reported

from core.claim import this_process
from core.store import WORK
from export.report import Clip, Failure, Picture
from front_door import settle, type_in
from launch import arguments, cli, experiments
from launch.config import Config
from launch.report import Subject, figures, media
from launch.report.failures import failures
from launch.request import Request
from launch.workspace import Workspace


@pytest.fixture(scope="module")
def computed(tmp_path_factory):
    """Compute the experiment once; one of its methods fails."""
    folder = tmp_path_factory.mktemp("reported")
    with pytest.MonkeyPatch.context() as patch:
        _enter(patch, folder)
        assert cli.main(["reported", "-c", "1"]) == 1
    return folder


def _enter(patch, folder):
    settle(folder, patch)
    patch.setattr(experiments, "find", lambda name: reported.experiment())


@pytest.fixture
def sonoplan(computed, monkeypatch, capsys):
    """Run the command line where the experiment is computed: exit status, output, messages."""
    _enter(monkeypatch, computed)
    return partial(type_in, capsys, "reported")


@pytest.fixture
def page(sonoplan):
    """Write a report and read it."""

    def make(*words):
        status, out, err = sonoplan(*words, "-e", "report.html")
        assert status == 0, err
        path = out.splitlines()[-1]
        assert path.endswith("results/reported/export/report.html")
        with open(path, encoding="utf-8") as file:
            return file.read()

    return make


@pytest.fixture
def subject(computed):
    """Give what a report is made from."""

    def make(selector=None, results=computed / "results"):
        workspace = Workspace(reported.experiment(), Config(results))
        return Subject(workspace, workspace.select(selector), ["reported"])

    return make


def headings(text, level):
    return [unescape(found) for found in re.findall(rf"<h{level}>(.*?)</h{level}>", text)]


@pytest.mark.parametrize(
    ("name", "reports"),
    [
        *((name, True) for name in ("report.html", "icbhi-report.html", "../a/report.HTML")),
        *((name, False) for name in ("table.html", "report.pdf", "report", "reports.html")),
    ],
)
def test_the_name_says_whether_a_file_is_a_report(name, reports):
    request = arguments.parser().parse_args(["toy", "-e", name], namespace=Request())
    assert request.reports == reports


def test_a_report_has_tables_figures_media_and_failures(page):
    text = page()
    sections = ["Results", "Training curves", "Runs", "Hyperparameters", "Tones", "Noise"]
    assert headings(text, 2) == [*sections, "Failures (4)"]
    assert headings(text, 1) == ["reported"]
    facts = dict(re.findall(r"<dt>(\w+)</dt><dd>(.*?)</dd>", text))
    assert facts["Settings"] == "10 done, 4 failed"
    assert facts["Tasks"] == "song 10 done, 4 failed"
    assert facts["Selected"] == "all plans: every setting"
    assert facts["Command"] == "sonoplan reported -e report.html"
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d on \S+ by sonoplan ", facts["Made"])
    assert reported.ODD not in text


def test_plans_that_compare_other_things_have_tables_of_their_own(page):
    assert headings(page(), 3) == ["Plan main", "Plan rates"]
    assert headings(page("-s", "main/"), 3) == []
    text = page("-s", "main/depth=1:rates/lr=0.1")
    assert text.count('<table class="results') == 2


def test_every_row_tells_of_its_tasks(page, sonoplan):
    listed = json.loads(sonoplan("-s", "rates/", "-l", "--json")[1])["settings"]
    sources = re.findall(r'<tr[^>]* data-source="(.*?)"', page("-s", "rates/"))
    assert len(sources) == 2
    for setting in listed:
        task = setting["tasks"]["song"]
        (line,) = [line for s in sources for line in s.split("&#10;") if task in line]
        assert line.startswith(f"task {task} song ")
        assert re.search(r" \d{4}-\d\d-\d\d \d\d:\d\d \S+ seconds$", line)


def test_every_figure_is_drawn_alone_by_the_command_below_it(page, sonoplan):
    text = page("-s", "depth=1+lr=0.1")
    commands = [unescape(c) for c in re.findall(r"<code>(.*?)</code></figcaption>", text)]
    kinds = [word.split()[5] for word in commands]
    assert kinds == ["curve:loss", "box:loss", "cost:loss", "effects:loss"]
    for command in commands:
        status, out, _ = sonoplan(*shlex.split(command)[2:])
        assert status == 0 and out.endswith(".pdf\n")


def test_a_figure_that_cannot_be_drawn_says_why_and_a_bug_is_not_hidden(subject, monkeypatch):
    made = subject()
    monkeypatch.setattr("export.figures.curves.MOST", 3)
    curves, *_ = figures.figures(made, wishes(""))
    assert curves.parts == (
        "loss, epoch by epoch: 5 curves in one figure cannot be told apart, 3 can; select fewer; "
        "2 rows are left out of the figure: no run has curve loss",
    )
    monkeypatch.setattr("export.figures.curves.MOST", None)
    with pytest.raises(TypeError):
        [*figures.figures(made, wishes(""))]


def wishes(columns):
    request = arguments.parser().parse_args(["toy", "-d", columns], namespace=Request())
    return request.table


def test_kinds_of_figures_that_do_not_apply_are_left_out(subject):
    assert [*figures.figures(subject("method=broken"), wishes(""))] == []
    titles = [s.title for s in figures.figures(subject("main/method=plain+depth=1"), wishes(""))]
    assert titles == ["Training curves", "Runs"]


def test_large_drawings_are_dots(subject, monkeypatch):
    monkeypatch.setattr("launch.report.images.MOST_OUTLINES", 1000)
    curves, *_ = figures.figures(subject("rates/"), wishes(""))
    (picture,) = curves.parts
    assert isinstance(picture, Picture) and picture.type == "image/png"
    assert picture.image.startswith(b"\x89PNG") and picture.width == pytest.approx(3.3)


def test_a_failure_has_its_setting_its_place_and_the_end_of_its_log(subject):
    (section,) = failures(subject("method=broken+depth=1+run=0"))
    (failure,) = section.parts
    assert isinstance(failure, Failure)
    facts = dict(failure.facts)
    assert facts["setting"] == "depth=1+lr=0.1+method=broken+run=0"
    assert facts["host"] == this_process().host and facts["when"].startswith("20")
    assert failure.error == f"ValueError: broken by {reported.ODD}"
    lines = failure.tail.splitlines()
    assert len(lines) == 40 and lines[-1] == failure.error
    assert "line 59 \x1b[31m<b>\x1b[0m & more" in lines
    assert failure.command == f"sonoplan reported --log {facts['task']}"


def test_what_was_killed_and_what_is_damaged_are_failures_too(subject, computed, tmp_path):
    shutil.copytree(computed / "results", tmp_path / "results")
    one, other = subject("rates/run=0").tasks
    folder = tmp_path / "results" / "reported" / "song"
    (folder / one.id / "record.json").write_text("{")
    shutil.rmtree(folder / other.id)
    work = folder / WORK / other.id
    work.mkdir()
    dead = {**vars(this_process()), "boot": "an earlier boot"}
    (work / "claim.1").write_text(json.dumps(dead))
    (work / "log.txt").write_text("so far so good\n")
    (section,) = failures(subject("rates/run=0", tmp_path / "results"))
    damaged, killed = section.parts
    assert isinstance(damaged, Failure) and isinstance(killed, Failure)
    assert (damaged.state, killed.state) == ("is damaged", "was killed")
    assert "record.json cannot be read" in damaged.error
    assert killed.tail == "so far so good" and dict(killed.facts)["host"] == this_process().host


def test_logs_of_very_many_failures_are_left_out(subject, monkeypatch):
    monkeypatch.setattr("launch.report.failures.MOST_LOGS", 3)
    (section,) = failures(subject())
    said, *parts = section.parts
    assert said == "The logs of the first 3 of 4 are here."
    assert [bool(part.tail) for part in parts] == [True, True, True, False]


def test_sounds_and_pictures_have_the_bytes_that_the_stage_stored(subject):
    tones, noise = media.media(subject("rates/"))
    assert (tones.title, noise.title) == ("Tones", "Noise")
    labels = [f"lr={lr}, run={run}" for lr in (0.1, 0.2) for run in (0, 1)]
    assert [(part.label, part.name) for part in tones.parts] == [
        (label, f"tone-{place}.wav") for label in labels for place in (0, 1)
    ]
    folder = subject().workspace.store.folder / "song"
    stored = {path.read_bytes() for path in folder.glob("*/tone-?.wav")}
    assert {part.content for part in tones.parts} <= stored
    assert [part.type for part in noise.parts] == ["image/png"] * 4


@pytest.mark.parametrize(("limit", "value"), [("MOST_FILES", 6), ("MOST_BYTES", 4 * 1644 + 900)])
def test_every_record_gives_its_first_file_before_any_gives_its_second(
    subject, monkeypatch, limit, value
):
    monkeypatch.setattr(media, limit, value)
    tones, *_ = media.media(subject("rates/"))
    said, *clips = tones.parts
    folder = subject().workspace.store.folder / "song"
    assert said.startswith("4 more are left out")
    assert said.endswith(f"They lie in {folder}, one folder a task.")
    assert {clip.name for clip in clips} == {"tone-0.wav"} and len(clips) == 4
    assert all(isinstance(clip, Clip) for clip in clips)


def test_a_report_goes_with_the_flags_of_tables(sonoplan, page):
    status, out, err = sonoplan("-s", "rates/", "--json", "-e", "report.html")
    assert status == 0 and [*json.loads(out)] == ["table"] and "export/report.html" in err
    assert 'class="across"' in page("-s", "main/", "-d", "loss:depth")
    assert "95% interval" in page("-s", "rates/", "--cells", "interval")


def test_a_report_of_a_ranking_has_its_tables_and_its_diagram(page):
    text = page("-s", "main/method!=broken", "-d", "loss", "--rank", "depth")
    assert text.count('<table class="results') == 2
    assert "<figcaption>Critical difference</figcaption>" in text
