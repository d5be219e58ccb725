"""The house rules that a machine can hold."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("core", "experiments", "export", "launch", "pann", "plans", "reference_models", "yamnet")
FILES = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))


def test_arrows_between_the_rooms_point_downwards_only():
    command = [
        Path(sys.executable).with_name("lint-imports"),
        "--config",
        "setup.cfg",
        "--no-cache",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_core_imports_the_standard_library_and_numpy_only():
    allowed = {*sys.stdlib_module_names, "numpy", "core"}
    for file in (ROOT / "core").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                assert name.partition(".")[0] in allowed, f"{file} imports {name}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_files_and_functions_stay_small(file):
    text = file.read_text()
    assert text.count("\n") < 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 60, f"{file.name}: {node.name} is long"


def test_the_version_is_the_one_of_the_changelog():
    version = next(
        line.split("=")[1].strip()
        for line in (ROOT / "setup.cfg").read_text().splitlines()
        if line.startswith("version")
    )
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()
