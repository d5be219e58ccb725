"""What setup.cfg asks of Python packages, what each is for, and what of it is installed."""

from collections.abc import Mapping
from configparser import ConfigParser
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.requirements import Requirement

from core.provenance import PROJECT

SETUP = PROJECT / "setup.cfg"


@dataclass(frozen=True)
class Wanted:
    """Packages that are installed together, and what the first of them is for."""

    about: str
    requirements: tuple[Requirement, ...]

    def faults(self) -> list[str]:
        """Say of each package what is wrong with it; empty where all are as they must be."""
        return [told for told in map(_fault, self.requirements) if told]


def needed(file: Path = SETUP) -> Wanted:
    """Read what Sonoplan cannot do without."""
    return _wanted(_read(file)["options"]["install_requires"])


def extras(file: Path = SETUP) -> Mapping[str, Wanted]:
    """Read what comes as `pip install -e ".[NAME]"`, by name."""
    return {name: _wanted(text) for name, text in _read(file)["options.extras_require"].items()}


def _read(file: Path) -> ConfigParser:
    # Comments stay in the values: they say what a package is for.
    parser = ConfigParser(comment_prefixes=(), interpolation=None)
    parser.read_string(file.read_text(encoding="utf-8"))
    return parser


def _wanted(text: str) -> Wanted:
    lines = text.split("\n")
    comments = [line.removeprefix("# ") for line in lines if line.startswith("#")]
    packages = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return Wanted(comments[0] if comments else "", tuple(packages))


def _fault(asked: Requirement) -> str:
    try:
        found = version(asked.name)
    except PackageNotFoundError:
        return f"{asked.name} is not installed"
    if asked.specifier.contains(found, prereleases=True):
        return ""
    return f"{asked.name} is {found}, not {asked.specifier}"
