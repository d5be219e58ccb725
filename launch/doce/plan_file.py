"""Puts a plan among the plans, once, and reads it back."""

import importlib
from pathlib import Path

from core.durable import replace_text
from core.errors import ConfigError, PlanError
from core.experiment import Experiment
from core.values import token
from launch import experiments
from launch.experiments import plan_path


def put(name: str, text: str, draft: Experiment) -> Experiment:
    """Write a plan unless it is there, and give the experiment that it declares.

    Raises ConfigError where another plan of that name is there, or none can be written.
    """
    path = plan_path(name)
    if path.exists():
        if path.read_text(encoding="utf-8") != text:
            raise ConfigError(
                f"{path} is there, and is not what would be written: it is another experiment, or "
                "either was changed since; choose another name with --as"
            )
        return _read_back(name, draft)
    _write(path, text)
    try:
        return _read_back(name, draft)
    except BaseException:
        path.unlink()
        raise


def _write(path: Path, text: str) -> None:
    try:
        replace_text(path, text)
    except OSError as error:
        raise ConfigError(
            f"the plan cannot be written to {path} ({error.strerror}); Sonoplan keeps plans beside "
            "its code, and must be a clone that you may write to"
        ) from error


def _read_back(name: str, draft: Experiment) -> Experiment:
    """Import the plan and make sure that its settings are those whose results are brought."""
    importlib.invalidate_caches()
    found = experiments.find(name)
    if _contents(found) != _contents(draft):
        raise PlanError(f"{plan_path(name)} does not declare the factors of doce's experiment")
    return found


def _contents(experiment: Experiment) -> dict[str, dict[str, list[str]]]:
    return {
        plan.name: {name: [*map(token, f.modalities)] for name, f in plan.factors.items()}
        for plan in experiment.plans
    }
