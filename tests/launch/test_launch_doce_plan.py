"""The plan that is written: as a person would write it, once, under a name that is free."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from old_experiments import make_home

from launch.doce.layout import call, lay_out, several, value
from launch.doce.module import spellings
from launch.doce.old import array_name

ROOT = Path(__file__).parents[2]
ALL = """
import numpy as np

purpose = '''Text with "marks", 'others', and more words
than one line of a plan has room for, so that it is cut'''
outputs = "out"
plans = {
    "first": {
        "name_of_a_factor": ["a b", 'say "x"', "it's", "\\\\", "ü", "none", "1"],
        "numbers": [0, -1, 2.5, 1e-5, 1e22, float("inf"), True, None],
        "many": list(range(60)),
        "squares": [n * n for n in range(40)],
    },
    "second": {"one": "x", "many": 3},
}
defaults = {"first": {"many": 0}}
metrics = {
    "mean": {"output": "acc"},
    "median": {"output": "acc", "func": np.median, "percent": True, "higher_the_better": True,
               "description": "a long description of a metric, which makes the call too long"},
    "own metric": {"output": "acc", "func": lambda x: x.max()},
}
"""


@pytest.fixture
def home(tmp_path, monkeypatch, capsys):
    return make_home(tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize("metrics", [True, False])
def test_the_plan_passes_the_house_rules(home, metrics):
    home.write("old.py", ALL if metrics else ALL.partition("metrics =")[0])
    home.save("many=3+one=x_acc.npy", [1.0])
    status, _, err = home.type("doce", "old.py", "--as", "all_of_it")
    assert status == 0, err
    written = home.folder / "plans/all_of_it.py"
    config = ["--config", str(ROOT / "pyproject.toml"), "--no-cache", str(written)]
    for command in (["ruff", "format", "--diff", *config], ["ruff", "check", *config]):
        done = subprocess.run(
            [sys.executable, "-m", *command], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


def test_modalities_come_back_exactly(home):
    home.write("old.py", ALL)
    home.save("many=3+one=x_acc.npy", [1.0])
    home.type("doce", "old.py", "--as", "exactly")
    spec = importlib.util.spec_from_file_location("written", home.folder / "plans/exactly.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    first, second = module.experiment.plans
    assert first.factors["name_of_a_factor"].modalities == (
        "a b",
        'say "x"',
        "it's",
        "\\",
        "ü",
        "none",
        "1",
    )
    expected = (0, -1, 2.5, 1e-5, 1e22, float("inf"), True, None)
    found = first.factors["numbers"].modalities
    assert found == expected
    assert [type(f) for f in found] == [type(e) for e in expected]
    assert first.factors["many"].modalities == tuple(range(60))
    assert second.factors["many"].modalities == (3,)
    assert "numbers" not in second.factors


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("models", "is a command"),
        ("two words", "use letters, digits and underscores"),
        ("class", "use letters, digits and underscores"),
        ("__init__", "a letter first"),
        ("taken", "is not what would be written"),
    ],
)
def test_a_name_that_is_not_free_is_refused(home, name, said):
    home.write("old.py", ALL)
    home.save("many=3+one=x_acc.npy", [1.0])
    other = home.write("plans/taken.py", "experiment = None\n")
    status, _, err = home.type("doce", "old.py", "--as", name)
    assert status == 2
    assert said in err
    assert other.read_text() == "experiment = None\n"
    assert not (home.folder / "results").exists()


def test_a_plan_that_a_person_changed_is_not_overwritten(home):
    home.write("old.py", ALL)
    home.save("many=3+one=x_acc.npy", [1.0])
    home.type("doce", "old.py", "--as", "mine")
    plan = home.folder / "plans/mine.py"
    plan.write_text(plan.read_text() + "# mine\n")
    status, _, err = home.type("doce", "old.py", "--as", "mine")
    assert status == 2
    assert "choose another name with --as" in err
    assert plan.read_text().endswith("# mine\n")


@pytest.mark.parametrize("script", ["nothing.py", "notes.txt", "plans"])
def test_what_is_no_python_file_is_refused(home, script):
    home.write("notes.txt", "plans = {}")
    status, _, err = home.type("doce", script, "--as", "old")
    assert status == 2
    assert "is no Python file" in err


def test_without_a_name_the_request_is_wrong(home):
    assert home.type("doce", "old.py")[0] == 2


def test_an_expression_is_opened_where_it_does_not_fit():
    narrow = call("f", value("a"), values=several([1, None]))
    assert lay_out(narrow) == 'f("a", values=[1, None])'
    wide = call("f", value("a" * 60), values=several([10**9] * 5))
    assert lay_out(wide).splitlines() == [
        "f(",
        f'    "{"a" * 60}",',
        "    values=[1000000000, 1000000000, 1000000000, 1000000000, 1000000000],",
        ")",
    ]


@pytest.mark.parametrize(
    ("modality", "known"),
    [
        (1e-5, {"1e-05", "0.00001"}),
        (1.0, {"1.0", "1.", "1"}),
        (1, {"1", "1.", "1.0"}),
        (-0.5, {"-0.5"}),
        (True, {"True", "1"}),
        (None, {"None"}),
        ("1", {"1"}),
    ],
)
def test_numbers_are_spelt_as_doce_spelt_them(modality, known):
    assert set(spellings(modality)) == known


def test_names_of_outputs_become_names_of_arrays():
    assert [array_name(n) for n in ("acc", "model weights", "1st", "a.b-c")] == [
        "acc",
        "model_weights",
        "_1st",
        "a_b-c",
    ]
