"""The datasets that experiments declare, and how an inspection of one is shown."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rich.table import Table

from core.dataset import Dataset, Finding, Inspection
from core.errors import ConfigError, UnknownName
from core.experiment import Experiment
from core.folders import written_path
from launch import experiments
from launch.config import Config
from launch.headed import headed
from launch.terminal import Terminal


@dataclass(frozen=True)
class Declared:
    """A dataset by the name under which folders are configured, and who reads it.

    Where several experiments declare one name they mean one folder, and the first one says how it
    is inspected and downloaded.
    """

    name: str
    dataset: Dataset
    experiments: tuple[Experiment, ...]

    def folder(self, given: str | None, config: Config) -> Path:
        """Give the folder named on the command line, else the configured one."""
        if given is not None:
            return written_path(given).resolve()
        if self.name in config.data:
            return config.data[self.name]
        raise ConfigError(
            f"the folder of dataset {self.name!r} ({self.dataset.about}) is not known; give it: "
            f"sonoplan data {self.name} PATH{' --download' if self.dataset.fetch else ''}"
        )


def declared() -> dict[str, Declared]:
    """Gather the datasets of all experiments by name."""
    found: dict[str, Declared] = {}
    for experiment in map(experiments.find, experiments.names()):
        for name, dataset in experiment.data.items():
            before = found.setdefault(name, Declared(name, dataset, ()))
            found[name] = replace(before, experiments=(*before.experiments, experiment))
    return found


def find(name: str) -> Declared:
    """Find a dataset; raises UnknownName with the nearest match, or those of an experiment."""
    known = declared()
    if name not in known and name in experiments.names():
        its = ", ".join(experiments.find(name).data)
        raise ConfigError(
            f"{name} is an experiment; its datasets: {its or 'none'}; sonoplan data DATASET PATH"
        )
    if name not in known:
        raise UnknownName("dataset", name, known)
    return known[name]


def show_all(config: Config, terminal: Terminal) -> None:
    """Draw which datasets there are and where they lie."""
    titles = ("experiment", "dataset", "about", "state", "folder", "named by")
    table = headed(*titles, whole=("dataset", "state"))
    for name, known in declared().items():
        table.add_row(
            ", ".join(experiment.name for experiment in known.experiments),
            name,
            known.dataset.about,
            _state(config.data.get(name)),
            str(config.data.get(name, "")),
            config.origins.get(name, ""),
        )
    terminal.show(table)
    terminal.note("look into one: sonoplan data NAME [PATH]; all flags: sonoplan data --help")


def all_fields(config: Config) -> list[dict[str, object]]:
    """Describe all datasets for scripts."""
    return [
        {
            "name": name,
            "experiments": [experiment.name for experiment in known.experiments],
            "about": known.dataset.about,
            "state": _state(config.data.get(name)),
            "folder": str(config.data.get(name, "")),
            "named_by": config.origins.get(name, ""),
            "can_be_downloaded": bool(known.dataset.fetch),
        }
        for name, known in declared().items()
    ]


def show(inspection: Inspection, terminal: Terminal) -> None:
    """Draw what was found beside what was expected, then remarks and problems."""
    if inspection.findings:
        terminal.show(_table(inspection.findings))
    for remark in inspection.remarks:
        terminal.line(f"remark: {remark}")
    for problem in inspection.problems:
        terminal.line(f"problem: {problem}")


def fields(inspection: Inspection) -> dict[str, object]:
    """Describe an inspection for scripts."""
    return {"whole": inspection.whole, **asdict(inspection)}


def _table(findings: Sequence[Finding]) -> Table:
    compared = any(finding.expected is not None for finding in findings)
    more = ("expected", "") if compared else ()
    table = headed("what", "found", *more, right=("found", "expected"))
    for finding in findings:
        cells = [finding.what, str(finding.found)]
        if compared:
            cells.append("" if finding.expected is None else str(finding.expected))
            cells.append("differs" if finding.differs else "")
        table.add_row(*cells)
    return table


def _state(folder: Path | None) -> str:
    if folder is None:
        return "not configured"
    return "there" if folder.is_dir() else "missing"
