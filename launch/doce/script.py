"""Reads an experiment of doce 0.1: a script that defines `set(experiment)`."""

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.errors import DataError
from launch.doce.choices import Choice, OldPlan, agreed, modality, united
from launch.doce.directives import read_metrics
from launch.doce.old import Naming, OldExperiment

# What `setting.id()` may be told; other formats shorten names so that they cannot be read back.
_ENCODING = {"format": "long", "sort": True, "separator": "_", "singleton": True, "hide": []}


def read(script: Mapping[str, Any], path: Path) -> OldExperiment:
    """Let the script fill an experiment of doce, and read its factors and metrics.

    Raises ModuleNotFoundError where doce is not installed.
    """
    doce = importlib.import_module("doce")
    made = doce.Experiment()
    made.__dict__["setPath"] = lambda force=False: None  # it would make folders, or ask to
    experiment = script["set"](made) or made
    encoding = _encoding(experiment, path)
    nested = {n: f for n, f in _attributes(experiment.factor) if isinstance(f, doce.Factor)}
    factors = nested or {"main": experiment.factor}
    merged = _merged(factors) if nested else {}
    plans = {n: _plan(f, path, merged, encoding["singleton"]) for n, f in factors.items()}
    metrics, remarks = read_metrics(experiment, script)
    separator = encoding["separator"]
    return OldExperiment(
        plans=plans,
        naming=Naming(separator, separator, ("_",), encoding["sort"]),
        defaults=agreed([vars(factor._default) for factor in factors.values()], path),
        metrics=metrics,
        outputs=_outputs(experiment, path),
        purpose=experiment.project.description,
        version="0.1",
        remarks=remarks,
    )


# doce has no types: its objects are Any here.
def _attributes(factor: Any) -> list[tuple[str, Any]]:  # noqa: ANN401
    return [(name, getattr(factor, name)) for name in factor.factors()]


def _plan(factor: Any, path: Path, merged: Mapping[str, object], singleton: bool) -> OldPlan:  # noqa: ANN401
    """Read the factors of one plan; `merged` is what ids leave out where plans are merged."""
    plan: dict[str, Sequence[Choice]] = {}
    for name, values in _attributes(factor):
        alone = not singleton and name not in factor._nonSingleton
        own = {name: vars(factor._default)[name]} if hasattr(factor._default, name) else {}
        plan[name] = united(
            [
                Choice(
                    value=modality(value, name, path),
                    texts=() if value is None else (_written(value),),
                    omitted=value is None or alone or (name in own and bool(own[name] == value)),
                    merged=name in merged and bool(merged[name] == value),
                )
                for value in values
            ]
        )
    return plan


def _written(value: object) -> str:
    """Write a modality as ids have it: doce repeats a sign that stands in the text at its end."""
    text = str(value)
    return text + "".join(sign for sign in "%-" if sign in text)


def _merged(factors: Mapping[str, Any]) -> dict[str, object]:
    """Find the modalities that ids leave out where all plans are merged.

    They are the declared defaults and, for a factor that some plan lacks, 'none' or 0.
    """
    found: dict[str, object] = {}
    for factor in factors.values():
        found.update(vars(factor._default))
    for factor in factors.values():
        for name, values in _attributes(factor):
            if not all(name in other.factors() for other in factors.values()):
                found.setdefault(name, "none" if isinstance(values[0], str) else 0)
    return found


def _encoding(experiment: Any, path: Path) -> dict[str, Any]:  # noqa: ANN401
    asked = {k: v for k, v in experiment._settingEncoding.items() if k != "default"}
    for key, value in asked.items():
        if key not in ("sort", "separator", "singleton") and value != _ENCODING.get(key):
            raise DataError(
                f"{path}: _settingEncoding has {key}={value!r}; from file names written so the "
                "settings cannot be read back. Rename the files to their long ids, setting.id()"
            )
    return {**_ENCODING, **asked}


def _outputs(experiment: Any, path: Path) -> Path | None:  # noqa: ANN401
    written = getattr(experiment.path, "output", "")
    if str(written).endswith(".h5"):
        raise DataError(
            f"{path}: path.output is {written!r}; only .npy files are read, not doce's HDF5 store"
        )
    return path.parent / written if written else None
