"""Figures of an experiment, from the records of a run of it to the file."""

from dataclasses import replace

import figured
import numpy as np
import pytest
from matplotlib.figure import Figure

from core.errors import ConfigError, UnknownName
from core.results import gather
from export.figures.drawing import FIGURES, OF_RUNS, draw, form
from export.figures.reading import Source
from front_door import settle
from launch import cli, experiments, figures
from launch.config import Config
from launch.terminal import Terminal
from launch.workspace import Workspace


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Compute the experiment once; one of its methods fails."""
    folder = tmp_path_factory.mktemp("figured")
    with pytest.MonkeyPatch.context() as patch:
        settle(folder, patch)
        patch.setattr(experiments, "find", lambda name: figured.experiment())
        assert cli.main(["figured", "-c"]) == 1
    return folder / "results"


@pytest.fixture
def workspace(results):
    return Workspace(figured.experiment(), Config(results))


@pytest.fixture
def source(workspace):
    """Give what figures are drawn from, and what it warned of."""

    def make(selector):
        tasks = workspace.tasks(workspace.select(selector))
        told: list[str] = []
        status = workspace.status(tasks)
        return Source(workspace.experiment, tasks, status, workspace.store, told.append), told

    return make


FORMS = [
    *("curve:accuracy", "curve:loss:interval", "curve:training.lr", "confusion", "classes"),
    *("roc", "pr", "box:acc", "cost:acc", "cost:acc:testing", "cost:acc:parameters"),
    *("effects:acc", "heat:acc:lr:selection", "importance:acc", "parallel:acc", "best:0"),
]


@pytest.mark.parametrize("written", FORMS)
def test_every_figure_is_drawn(source, written):
    found, _ = source("main/method=plain" + ("+selection=best" if written == "classes" else ""))
    assert isinstance(draw(written, found), Figure)


def test_every_figure_there_is_was_drawn():
    assert {written.partition(":")[0] for written in FORMS} == {*FIGURES}


def test_rows_that_share_their_trainings_are_one_line(source):
    found, told = source("main/method=plain")
    lines = draw("curve:loss", found).axes[0].lines
    assert len(lines) == 4  # rates; the two selections share them
    runs = [np.linspace(2, 1, 5) + 0.1 * np.random.default_rng(i).random(5) for i in range(2)]
    assert lines[0].get_ydata() == pytest.approx(np.mean(runs, axis=0))
    assert not told


def test_values_of_a_figure_are_those_of_the_table(source, workspace):
    found, told = source("main/method=plain")
    metric = workspace.experiment.metric("acc")
    rows = gather(found.experiment, found.tasks, found.status, [metric], told.append).rows
    means = [row.cells["acc"].mean * 100 for row in rows]
    assert [*found.sweep(metric).values] == pytest.approx(means)


def test_what_some_records_lack_is_told_and_left_out(source):
    found, told = source("main/")
    drawn = draw("curve:accuracy", found)
    assert len(drawn.axes[0].lines) == 4
    assert "no array 'accuracy'" in told[0] and "(7 more records alike)" in told[0]
    assert told[1] == "4 rows are left out of the figure: no run has curve accuracy"


def test_the_parameters_of_the_network_are_a_cost(source):
    found, told = source("main/selection=best")
    axes = draw("cost:acc:parameters", found).axes[0]
    assert [float(line.get_xdata()[0]) for line in axes.lines] == [1000, 2000, 10000, 20000]
    assert axes.get_xlabel() == "parameters" and axes.get_xscale() == "log"
    assert "noted the parameters" in told[0] and "(7 more records alike)" in told[0]
    found, _ = source("main/method=forgetful")
    with pytest.raises(ConfigError, match="no figure of the cost of acc"):
        draw("cost:acc:parameters", found)


def test_what_has_not_been_computed_is_told_and_left_out(source):
    found, told = source("odd/")
    labels = draw("box:acc", found).axes[0].get_yticklabels()
    assert [label.get_text() for label in labels] == ["best", "last"]
    assert told == ["2 rows are left out of the figure: no run has acc"]
    found, _ = source("odd/method=broken")
    for written in ("box:acc", "curve:loss", "effects:acc", "confusion"):
        with pytest.raises((ConfigError, UnknownName), match=r"none of the 4|known: accuracy"):
            draw(written, found)


def test_one_run_of_one_setting(source):
    found, _ = source("one/selection=best")
    for written in ("curve:loss", "confusion", "classes", "roc", "pr", "box:acc", "cost:acc"):
        assert isinstance(draw(written, found), Figure)
    for written in ("effects:acc", "importance:acc", "parallel:acc", "heat:acc:lr:method"):
        with pytest.raises(ConfigError, match="nothing to compare"):
            draw(written, found)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("effects:nothing", "no run has a number for nothing"),
        ("box:nothing", "no figure of nothing: none of the 32"),
        ("cost:nothing", "no figure of the cost of nothing"),
        ("cost:acc:nothing", "no figure of the cost of acc"),
    ],
)
def test_a_metric_that_is_nan_everywhere_is_told(source, written, message):
    found, _ = source("main/")
    with pytest.raises(ConfigError, match=message):
        draw(written, found)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("curve:training.diverged", "none of its numbers is finite"),
        ("roc", "not all of them are finite"),
        ("pr", "not all of them are finite"),
    ],
)
def test_numbers_that_are_none_are_told_and_leave_no_empty_figure(source, written, told):
    found, warnings = source("diverged/")
    with pytest.raises(ConfigError, match="there is no figure of"):
        draw(written, found)
    assert told in warnings[0]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("curves:loss", "figure 'curves'; did you mean 'curve'"),
        ("curve:los", "curve 'los'; did you mean 'loss'"),
        ("curve:trainin.loss", "stage 'trainin'; did you mean 'training'"),
        ("curve:loss:std2", "spread 'std2'; did you mean 'std'"),
        ("curve", r"write curve:CURVE\[:SPREAD\]"),
        ("confusion:x", "write confusion"),
        ("box:accuracy", "metric 'accuracy'; did you mean 'acc'"),
        ("cost:acc:train", "did you mean 'training'"),
        ("heat:acc:lr", "write heat:METRIC:FACTOR:FACTOR"),
        ("heat:acc:lr:selektion", "factor 'selektion'; did you mean 'selection'"),
        ("heat:acc:lr:run", "factor .* 'run'"),
    ],
)
def test_what_cannot_be_drawn_is_refused(source, written, message):
    found, _ = source("main/")
    with pytest.raises((UnknownName, ConfigError), match=message):
        draw(written, found)


def test_an_experiment_that_declares_no_classes_says_what_to_do():
    plain = replace(figured.experiment(), figures=())
    with pytest.raises(ConfigError, match=r"give it a Confusion\(…\) among its `figures`"):
        figures.check(plain, "classes", None)


@pytest.mark.parametrize(
    ("export", "name"),
    [("", "box-acc.pdf"), (".svg", "box-acc.svg"), ("runs", "runs.pdf"), ("a.png", "a.png")],
)
def test_a_figure_is_written_to_the_export_folder(workspace, results, export, name):
    selection = workspace.select("main/")
    path = figures.write(workspace, selection, "box:acc", export, 100, Terminal())
    assert path == results / "figured" / "export" / name
    assert path.stat().st_size > 1000


def test_unknown_formats_are_refused_before_anything_is_computed():
    with pytest.raises(UnknownName, match=r"did you mean '\.png'"):
        figures.check(figured.experiment(), "box:acc", "a.pngg")


def test_what_can_be_drawn_is_listed(capsys):
    figures.list_kinds(figured.experiment(), Terminal())
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(FIGURES) + 1
    assert lines[0].startswith("curve:CURVE[:SPREAD]")
    assert lines[-1].split() == ["curve:accuracy", "accuracy", "(%)"]


def test_how_figures_are_asked_for():
    assert form("cost", FIGURES["cost"]) == "cost:METRIC[:COST]"
    assert form("heat", OF_RUNS["heat"]) == "heat:FACTOR:FACTOR"
