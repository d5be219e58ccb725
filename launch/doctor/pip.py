"""The commands that install Sonoplan, as they work here."""

import shutil
import sys
from pathlib import Path

from core.provenance import PROJECT
from launch.doctor.probe import PACKAGES


def pip() -> str:
    """Name this Python's pip: the one on PATH may be another's."""
    ours = Path(sys.executable).with_name("pip")
    return "pip" if shutil.which("pip") == str(ours) else f"{sys.executable} -m pip"


def install(extra: str = "") -> str:
    """Give the command that installs the checkout and what it needs, with an extra."""
    where = "." if Path.cwd() == PROJECT else str(PROJECT)
    asked = f'"{where}[{extra}]"' if extra else where
    return f"{pip()} install -e {asked}"


def reinstall() -> str:
    """Give the command that installs torch anew from the registry, and what is built on it."""
    return f"{pip()} uninstall -y {' '.join(PACKAGES)} && {install()}"
