"""`sonoplan new`: what it writes works, is in house style, and is never over anything else."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from old_experiments import make_home

from copied import ROOT, copy_code
from core.errors import ConfigError
from launch import cli
from launch.new import LONGEST
from launch.new.skeleton import files, write

NAMES = ("birds", "c", "z" * LONGEST)  # before and behind `common`, in imports too


def run(code: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *words]
    return subprocess.run(command, cwd=code, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def code(tmp_path_factory):
    """A copy of the checkout with three new experiments, typed as a user would."""
    code = copy_code(tmp_path_factory.mktemp("checkout"))
    for name in NAMES:
        done = run(code, "launch.cli", "new", name)
        assert done.returncode == 0, done.stderr
        written = [Path(line) for line in done.stdout.splitlines()]
        assert all(path.is_relative_to(code) and path.is_file() for path in written)
        assert len(written) == len(files(name))
        assert f"sonoplan {name} -s demo/ -c -d" in done.stderr
    return code


def test_what_is_written_passes_its_own_tests(code):
    done = run(code, "pytest", "-q", "-n", "0", "tests/experiments", "-k", "birds")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("words", [("check",), ("format", "--check")], ids=" ".join)
def test_ruff_agrees_whatever_the_name(code, words):
    done = run(code, "ruff", *words, *(path for name in NAMES for path in files(name)))
    assert done.returncode == 0, done.stdout


def test_types_are_strict(code):
    cache = ROOT / ".mypy_cache"  # with what a run over the project has left, it takes a second
    done = run(
        code, "mypy", "--cache-dir", str(cache), "-p", "plans.birds", "-p", "experiments.birds"
    )
    assert done.returncode == 0, done.stdout


def test_files_and_functions_are_short():
    for name, text in files("birds").items():
        assert text.count("\n") <= 100, name
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno - node.lineno < 40, f"{name}: {node.name}"


def test_tests_mirror_the_tree():
    written = set(files("birds"))
    assert {name for name in written if not name.startswith("experiments/birds/")} == {
        "plans/birds.py",
        "tests/experiments/test_birds_chain.py",
        "tests/experiments/test_birds_recordings.py",
    }
    assert not any("NAME" in name + text for name, text in files("birds").items())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("two words", "use letters, digits and underscores"),
        ("class", "use letters, digits and underscores"),
        ("_hidden", "a letter first"),
        ("../birds", "use letters, digits and underscores"),
        ("Birds", "use small letters"),
        ("z" * (LONGEST + 1), f"{LONGEST} of them at most"),
        ("models", "is a command"),
        ("json", "is a module of Python"),
        ("metrics", "is no experiment's"),
        ("clotho", "there is a dataset"),
        ("synthetic", "there is a dataset"),
        ("icbhi", "there is an experiment"),
        ("common", "is there, and is not overwritten"),
    ],
)
def test_a_name_that_cannot_be_is_refused(name, said, capsys):
    before = {path for room in ("plans", "experiments") for path in (ROOT / room).rglob("*.py")}
    assert cli.main(["new", name]) == 2
    assert said in capsys.readouterr().err
    assert before == {p for room in ("plans", "experiments") for p in (ROOT / room).rglob("*.py")}


def test_nothing_is_written_where_one_file_is_in_the_way(tmp_path, monkeypatch, capsys):
    home = make_home(tmp_path, monkeypatch, capsys)
    mine = home.write("tests/experiments/test_birds_chain.py", "mine\n")
    status, out, err = home.type("new", "birds")
    assert (status, out) == (2, "")
    assert "test_birds_chain.py is there" in err
    assert mine.read_text() == "mine\n"
    assert not list((tmp_path / "plans").iterdir())
    assert not list((tmp_path / "experiments").iterdir())


def test_a_folder_that_cannot_be_written_leaves_nothing(tmp_path):
    (tmp_path / "tests").write_text("a file where a folder should be\n")
    with pytest.raises(ConfigError, match="a clone that you may write to"):
        write(files("birds"), tmp_path)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["tests"]
