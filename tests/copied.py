"""A copy of the project's own code, which a test may add to."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("core", "experiments", "export", "launch", "pann", "plans", "reference_models", "yamnet")


def copy_code(folder: Path) -> Path:
    """Copy the packages and what configures the tools, with a place for tests of experiments."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / "tests/experiments").mkdir(parents=True)
    return folder
