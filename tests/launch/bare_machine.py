"""A machine of a test's own, for what `sonoplan doctor` looks at."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from front_door import settle
from launch.doctor.check import Check


def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the home of a user with no configuration, no GPU and no Slurm; bin/ is on PATH."""
    settle(tmp_path, monkeypatch)
    (tmp_path / "config" / "sonoplan").mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").symlink_to(shutil.which("git"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "packages"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return tmp_path


def package(home: Path, name: str, text: str) -> None:
    """Let a package of the test be imported instead of an installed one."""
    (home / "packages" / name).mkdir(parents=True)
    (home / "packages" / name / "__init__.py").write_text(text)


def light(home: Path) -> None:
    """Stand in for torch and its companions on a machine without a GPU; imports take no time."""
    cuda = "class cuda:\n    is_available = staticmethod(lambda: False)\n"
    package(home, "torch", f"__version__ = '2.11.0'\n{cuda}class version:\n    cuda = '13.0'\n")
    package(home, "torchaudio", "__version__ = '2.11.0'\n")
    package(home, "torchvision", "__version__ = '0.26.0'\n")


def command(home: Path, name: str, script: str) -> None:
    """Put a command of the test on PATH."""
    file = home / "bin" / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def named(checks: Iterable[Check], name: str) -> Check:
    """Pick the one check of a name."""
    found = [check for check in checks if check.name == name]
    assert len(found) == 1, found
    return found[0]
