"""Which datasets of which experiments are here; none is read, which could take minutes."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from shlex import quote

from core.errors import UnknownName
from core.experiment import Experiment
from launch import experiments
from launch.config import Config
from launch.doctor.check import Check, failed, isolated


def checks(config: Config) -> Iterator[Check]:
    """Look at the datasets of each experiment whose plan can be imported."""
    found: list[Experiment] = []
    for name in experiments.names():
        try:
            found.append(experiments.find(name))
        except Exception as error:  # a plan is anybody's code; it costs its own lines only
            yield failed(name, error)
    for experiment in found:
        for name in experiment.data:
            if name in config.data:
                yield from isolated(name, partial(_configured, experiment, name, config))
        yield from _others(experiment, config)
    yield from _unknown(found, config)


def _configured(experiment: Experiment, name: str, config: Config) -> Iterator[Check]:
    folder = config.data[name]
    if folder.is_dir() and any(folder.iterdir()):
        told = f"{folder}, not inspected (sonoplan data {name} does)"
        yield Check(name, "ok", told, _use(experiment, name))
        return
    lacks = "is empty" if folder.is_dir() else "is not there"
    told = f"{folder} {lacks}; {config.origins[name]} names it"
    yield Check(name, "problem", told, _bring(experiment, name, folder))


def _use(experiment: Experiment, name: str) -> str:
    """Give the command that says what would be computed from a dataset, if a plan reads it."""
    factors = sorted({stage.data for stage in experiment.stages if stage.data is not None})
    factor = next((f for f in factors if name in experiment.factors[f]), None)
    if factor is None:
        return f"sonoplan data {name}"
    return f"sonoplan {experiment.name} -s {factor}={name} -c --dry-run"


def _bring(experiment: Experiment, name: str, folder: Path | None = None) -> str:
    """Give the command that downloads a dataset, else the one that looks at another folder."""
    if not experiment.data[name].fetch:
        return f"sonoplan data {name} PATH"
    return f"sonoplan data {name} {quote(str(folder)) if folder else 'PATH'} --download"


def _others(experiment: Experiment, config: Config) -> Iterator[Check]:
    """Tell in a line what is not configured."""
    names = [name for name in experiment.data if name not in config.data]
    if names:
        first = next((name for name in names if experiment.data[name].fetch), names[0])
        told = f"not configured for this experiment: {', '.join(names)}"
        yield Check(experiment.name, "missing", told, _bring(experiment, first))


def _unknown(found: Iterable[Experiment], config: Config) -> Iterator[Check]:
    known = list(dict.fromkeys(name for experiment in found for name in experiment.data))
    for name in config.data:
        if name not in known:
            told = f"{config.origins[name]}: {UnknownName('dataset', name, known)}"
            yield Check(name, "problem", told, f"rename {name} in {config.origins[name]}")
