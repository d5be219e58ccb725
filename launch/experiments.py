"""Finds experiments by name: one module each in the plans folder."""

import importlib
import keyword
import pkgutil
import sys
from pathlib import Path

import plans
from core.errors import ConfigError, PlanError, UnknownName
from core.experiment import Experiment
from launch.commands import COMMANDS


def names() -> list[str]:
    """List the experiments there are."""
    return sorted(m.name for m in pkgutil.iter_modules(plans.__path__) if not m.ispkg)


def find(name: str) -> Experiment:
    """Import an experiment's plan; raises UnknownName with the nearest match."""
    if name not in names():
        raise UnknownName("experiment or command", name, [*names(), *COMMANDS])
    found = getattr(importlib.import_module(f"plans.{name}"), "experiment", None)
    if not isinstance(found, Experiment):
        raise PlanError(f"plans/{name}.py has no `experiment = Experiment(...)`")
    return found


def plan_path(name: str) -> Path:
    """Where the plan of an experiment is, or would be."""
    return Path(next(iter(plans.__path__))) / f"{name}.py"


def check_name(name: str) -> None:
    """Raise ConfigError for a name that no experiment can have."""
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        raise ConfigError(f"{name!r}: use letters, digits and underscores, a letter first")
    if name in COMMANDS:
        raise ConfigError(f"{name!r}: sonoplan {name} is a command; choose another name")
    if name in sys.stdlib_module_names:
        raise ConfigError(f"{name!r} is a module of Python itself; choose another name")
    if (folder := plan_path(name).with_suffix("")).exists():
        raise ConfigError(f"{name!r}: {folder} is no experiment's; choose another name")
