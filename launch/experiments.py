"""Finds experiments by name: one module each in the plans folder."""

import importlib
import pkgutil

import plans
from core.errors import PlanError, UnknownName
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
