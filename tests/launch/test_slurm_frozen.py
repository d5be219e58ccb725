import subprocess
import sys
from pathlib import Path

import pytest

from launch.slurm.frozen import code_name, freeze, import_path


@pytest.fixture
def project(tmp_path) -> Path:
    """A project of one package with data, and things that are no code."""
    package = tmp_path / "project" / "tones"
    (package / "inner").mkdir(parents=True)
    (package / "__init__.py").write_text("PITCH = 440\n")
    (package / "inner" / "rows.csv").write_text("a,b\n")
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "x.pyc").write_text("")
    (package / "weights.bin").write_bytes(bytes((1 << 20) + 1))
    (package.parent / "results").mkdir()
    (package.parent / "results" / "big.py").write_text("")
    return package.parent


def test_packages_are_copied_whole_without_what_is_no_code(project, tmp_path):
    copy = freeze(tmp_path / "code", project)
    files = sorted(str(p.relative_to(copy)) for p in copy.rglob("*") if p.is_file())
    assert files == ["tones/__init__.py", "tones/inner/rows.csv"]
    assert copy.name == code_name(project)


def test_the_same_code_is_copied_once_and_another_apart(project, tmp_path):
    first = freeze(tmp_path / "code", project)
    mark = first / "mark"
    mark.touch()
    assert freeze(tmp_path / "code", project) == first
    assert mark.exists()
    (project / "tones" / "__init__.py").write_text("PITCH = 220\n")
    second = freeze(tmp_path / "code", project)
    assert second != first
    assert "440" in (first / "tones" / "__init__.py").read_text()


def test_a_file_that_moves_is_other_code(project):
    before = code_name(project)
    (project / "tones" / "inner" / "rows.csv").rename(project / "tones" / "rows.csv")
    assert code_name(project) != before


def test_jobs_import_the_copy_and_what_lies_elsewhere(project, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    missing = str(tmp_path / "none")
    monkeypatch.setattr(sys, "path", ["", str(project), missing, str(elsewhere), sys.prefix])
    assert import_path(tmp_path / "copy", project) == [str(tmp_path / "copy"), str(elsewhere)]


def test_the_copy_comes_before_the_folder_that_one_submits_from(project, tmp_path, monkeypatch):
    copy = freeze(tmp_path / "code", project)
    (project / "tones" / "__init__.py").write_text("PITCH = 220\n")
    program = "import tones; print(tones.PITCH)"
    path = ":".join(import_path(copy, project))
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=project,
        env={"PYTHONPATH": path, "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "440\n"
