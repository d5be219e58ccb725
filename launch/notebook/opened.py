"""An experiment opened from Python, with the results that it has."""

from collections.abc import Mapping
from pathlib import Path

from core.experiment import Experiment
from core.selector_text import Asked
from core.when import modalities_of
from launch import experiments
from launch.config import load
from launch.notebook.selected import Selected
from launch.workspace import Workspace


def experiment(
    named: str | Experiment,
    *,
    results: str | Path | None = None,
    data: Mapping[str, str | Path] | None = None,
    tag: str | None = None,
    modalities: Mapping[str, object] | None = None,
) -> "OpenExperiment":
    """Open an experiment: a name, as on the command line, or a value.

    What is not given is as `sonoplan.toml` has it; `sonoplan EXPERIMENT` says the same.

    Parameters
    ----------
    results:
        Folder of results, as `--results`.
    data:
        Where datasets lie, by name, as `--data`.
    tag:
        Keeps these results apart, as `--tag`.
    modalities:
        Other modalities of some factors, one or a list each, as `--set`.

    Raises UnknownName for an experiment, dataset or factor that there is not, SelectorError for a
    modality that a factor cannot take.
    """
    declared = experiments.find(named) if isinstance(named, str) else named
    words = {name: [*map(str, modalities_of(v))] for name, v in (modalities or {}).items()}
    for name in data or {}:
        declared.dataset(name)
    pairs = [f"{name}={path}" for name, path in (data or {}).items()]
    config = load(str(results) if results is not None else None, pairs, tag)
    changed = declared.with_modalities(words) if words else declared
    return OpenExperiment(Workspace(changed, config, declared))


class OpenExperiment:
    """An experiment and the folder of its results."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.experiment = workspace.experiment

    @property
    def results(self) -> Path:
        """The folder of its records."""
        return self._workspace.store.folder

    def select(self, asked: Asked = None) -> Selected:
        """Pick settings, as `-s` does: by text, a dict, a list of dicts; all of them by nothing.

        Raises SelectorError, naming the nearest match.
        """
        return Selected(self._workspace, self._workspace.select(asked))

    def __repr__(self) -> str:
        told = self.experiment
        here = Path.cwd()
        near = self.results.is_relative_to(here)
        plans = ", ".join(f"{plan.name} ({plan.count()})" for plan in told.plans)
        return "\n".join(
            (
                f"{told.name}: {told.purpose}",
                f"plans: {plans}",
                f"stages: {', '.join(stage.name for stage in told.stages)}",
                f"metrics: {', '.join(metric.name for metric in told.metrics)}",
                f"results: {self.results.relative_to(here) if near else self.results}",
            )
        )
