"""Finds the result files of an experiment's settings: one look at the folder of its outputs."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import ConfigError, DataError
from core.setting import Setting
from launch.doce.naming import PlanNames, example, plan_names
from launch.doce.old import OldExperiment, array_name


@dataclass(frozen=True)
class File:
    """A result file: the output it holds, and what stands between id and output in its name."""

    path: Path
    output: str
    delimiter: str


@dataclass
class Found:
    """The files of each setting by the name of their array, and files that are no setting's.

    `unclear` are files whose names may be those of several settings.
    """

    files: dict[Setting, dict[str, File]] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)


def find(old: OldExperiment, folder: Path) -> Found:
    """Match the files of a folder to settings.

    Raises ConfigError where the folder is not there or holds no results, DataError where no file
    belongs to a setting, or two files are one output of one setting.
    """
    names = _listed(folder)
    plans = plan_names(old)
    declared = {metric.output for metric in old.metrics}
    found = Found()
    for name in names:
        settings = _settings(name.removesuffix(".npy"), plans, declared)
        if len(settings) == 1:
            [(setting, (end, output))] = settings.items()
            delimiter = name[end : len(name) - len(output) - len(".npy")]
            _add(found, setting, File(folder / name, output, delimiter))
        else:
            (found.unclear if settings else found.foreign).append(name)
    if not found.files:
        raise DataError(
            f"none of the {len(names)} .npy files in {folder} belongs to a setting of the plans; "
            f"{names[0]!r} is one, {example(old)!r} would be a file of the first setting"
        )
    return found


def _listed(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if entry.name.endswith(".npy"))
    except OSError as error:
        raise ConfigError(
            f"the results of doce cannot be read from {folder} ({error.strerror}); say where they "
            "are with --outputs FOLDER"
        ) from error
    if not names:
        raise ConfigError(f"{folder} holds no .npy file; say where they are with --outputs FOLDER")
    return names


def _settings(
    stem: str, plans: Iterable[PlanNames], declared: Iterable[str]
) -> dict[Setting, tuple[int, str]]:
    """Give the settings that a file name may mean, with the end of the id and the output.

    A reading with an output that a metric reads is preferred, then one that needs no merge of
    plans, then the one with the longest id.
    """
    readings = [reading for plan in plans for reading in plan.readings(stem)]
    ranks = [(r.output in declared, not r.merged, r.end) for r in readings]
    best = max(ranks, default=None)
    return {
        Setting(reading.values): (reading.end, reading.output)
        for reading, rank in zip(readings, ranks, strict=True)
        if rank == best
    }


def _add(found: Found, setting: Setting, file: File) -> None:
    files = found.files.setdefault(setting, {})
    other = files.setdefault(array_name(file.output), file)
    if other is not file:
        raise DataError(
            f"{other.path.name!r} and {file.path.name!r} in {file.path.parent} are both output "
            f"{file.output!r} of the setting {setting}; move the one that does not count elsewhere"
        )


def some(names: Sequence[object], shown: int = 3) -> str:
    """Name the first of several things."""
    return ", ".join(map(str, names[:shown])) + (", …" if len(names) > shown else "")
