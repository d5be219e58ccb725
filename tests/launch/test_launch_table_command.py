"""The command `table`: a csv of runs, compared in the terminal and in figures."""

import json
from functools import partial

import numpy as np
import pytest

from front_door import settle, type_in


@pytest.fixture
def table(tmp_path, monkeypatch, capsys):
    """Run the command on a made-up sweep: exit status, output, messages."""
    settle(tmp_path, monkeypatch)
    generator = np.random.default_rng(0)
    lines = ["name,opt-lr,opt-size,kind,score"]
    for i in range(40):
        lr, size = generator.uniform(0.1, 1), generator.integers(1, 4) * 16
        lines.append(f"run-{i},{lr},{size},{'ab'[i % 2]},{lr + 0.001 * size}")
    (tmp_path / "runs.csv").write_text("\n".join(lines))
    (tmp_path / "few.csv").write_text("\n".join(lines[:4]))
    return partial(type_in, capsys, "table")


def test_effects_and_importance_in_the_terminal(table):
    status, out, err = table("runs.csv", "--metric", "score")
    assert status == 0
    rows = [line.split() for line in out.splitlines() if line.strip()]
    assert rows[0] == ["factor", "levels", "best", "mean±std", "effect", "importance"]
    assert [row[0] for row in rows[2:]] == ["lr", "size", "kind"]
    assert "score ↑ of 40 runs" in err and "R² of the forest" in err


def test_figures_are_written_each_to_its_file(table, tmp_path):
    status, out, _ = table("runs.csv", "--metric", "score", "-e", "sweep.svg")
    assert status == 0
    names = ["effects", "importance", "parallel", "best"]
    files = [tmp_path / f"sweep-{name}.svg" for name in names]
    assert out.split()[-4:] == [str(file) for file in files]
    assert all(file.stat().st_size > 1000 for file in files)


def test_one_figure_by_name(table, tmp_path):
    status, out, _ = table("runs.csv", "--metric", "score", "--figure", "heat:lr:size")
    assert (status, out.split()) == (0, [str(tmp_path / "runs.pdf")])


def test_one_json_document(table):
    _, out, _ = table("runs.csv", "--metric", "score", "--json", "--factors", "opt-*")
    found = json.loads(out)
    assert (found["metric"], found["runs"]) == ("score", 40)
    assert [factor["factor"] for factor in found["factors"]] == ["lr", "size"]


def test_lower_is_better(table):
    best = {}
    for flags in ([], ["--lower"]):
        _, out, _ = table("runs.csv", "--metric", "score", "--factors", "opt-size", *flags)
        (row,) = [line.split() for line in out.splitlines() if line.strip().startswith("size")]
        best[bool(flags)] = row[2]
    assert best[True] != best[False]


def test_too_few_runs_for_importance_are_told_and_the_rest_is_shown(table, tmp_path):
    status, out, err = table("few.csv", "--metric", "score", "-e", "few.png")
    assert status == 0
    assert "lr" in out and "too few" in err
    assert (tmp_path / "few-effects.png").exists()
    assert not (tmp_path / "few-importance.png").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["runs.csv", "--metric", "scor"], "did you mean 'score'"),
        (["run.csv", "--metric", "score"], "cannot be read"),
        (["runs.csv", "--metric", "score", "--figure", "heats:lr:size"], "did you mean 'heat'"),
        (["runs.csv", "--metric", "score", "--figure", "heat:lr"], "write heat:FACTOR:FACTOR"),
        (["runs.csv", "--metric", "score", "-e", "a.jpg"], "figure format '.jpg'"),
        (["runs.csv", "--metric", "score", "-e", "no/where/a.png"], "no folder"),
        (["few.csv", "--metric", "score", "--figure", "importance"], "too few"),
    ],
)
def test_wrong_requests_are_refused(table, words, message):
    status, _, err = table(*words)
    assert status == 2
    assert message in " ".join(err.split())
