"""Reads an experiment of a newer doce: a file that says its plans, factors and metrics."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import DataError, UnknownName, suggest
from core.values import Modality, is_number, token
from launch.doce.choices import Choice, OldPlan, agreed, modalities, modality, united
from launch.doce.old import Naming, OldExperiment, OldMetric

# What a setting of several merged plans has for a factor that its own plan lacks.
SENTINELS = ("-99999", "-99999.", "-99999.0")
# The arguments of doce's set_metric, the name aside.
_METRIC = {
    "output": None,
    "func": np.mean,
    "path": "output",
    "percent": False,
    "higher_the_better": False,
    "lower_the_better": False,
    "significance": False,
    "precision": 2,
    "description": "",
    "unit": "",
}


def declared(said: Mapping[str, Any]) -> bool:
    """Tell whether a file is of this kind."""
    given = said.get("plans", said.get("factors"))
    return isinstance(given, Mapping) and bool(given)


def read(said: Mapping[str, Any], path: Path) -> OldExperiment:
    """Read `plans` (or `factors`), `defaults`, `metrics`, `purpose` and `outputs` of a file."""
    plans_said = said["plans"] if "plans" in said else {"main": said["factors"]}
    given = {str(name): factors for name, factors in plans_said.items()}
    defaults = {name: _defaults(said.get("defaults", {}), name) for name in given}
    plans = {name: _plan(f, defaults[name], name, path) for name, f in given.items()}
    _check_defaults(defaults, plans, path)
    metrics, remarks = _metrics(said.get("metrics", {}), path)
    delimiter = said.get("metric_delimiter")
    return OldExperiment(
        plans=plans,
        naming=Naming(
            joiner="=",
            separator="+",
            delimiters=(str(delimiter),) if delimiter else ("->", "_"),
            sentinels=SENTINELS,
        ),
        defaults=agreed(defaults.values(), path),
        metrics=metrics,
        outputs=path.parent / Path(said["outputs"]).expanduser() if said.get("outputs") else None,
        purpose=str(said.get("purpose") or said.get("name") or ""),
        remarks=remarks,
    )


def _plan(factors: object, defaults: Mapping[str, object], name: str, path: Path) -> OldPlan:
    if not isinstance(factors, Mapping):
        raise DataError(f"{path}: plan {name!r} is no dict of factors: {factors!r}")
    plan: dict[str, Sequence[Choice]] = {}
    for factor, given in ((str(key), given) for key, given in factors.items()):
        default = {token(modality(v, factor, path)) for n, v in defaults.items() if n == factor}
        values = [modality(value, factor, path) for value in _several(given)]
        plan[factor] = united([Choice(v, spellings(v), token(v) in default) for v in values])
    return plan


def spellings(value: Modality) -> tuple[str, ...]:
    """Write a modality as ids may have it.

    doce held the modalities of a factor in an array of one type, and wrote floats without
    exponent: 1 may stand as `1`, `1.` or `1.0`, 1e-05 as `0.00001`, True as `1`.
    """
    if isinstance(value, bool):
        return (str(value), str(int(value)))
    if not is_number(value):
        return (str(value),)
    found = [str(value), np.format_float_positional(value)]
    if float(value).is_integer():
        found += [f"{int(value)}", f"{int(value)}.", f"{int(value)}.0"]
    return tuple(dict.fromkeys(found))


def _several(given: object) -> list[object]:
    several = isinstance(given, Iterable) and not isinstance(given, str | Mapping)
    return list(given) if several else [given]  # type: ignore[call-overload]


def _defaults(given: Mapping[str, object], plan: str) -> Mapping[str, object]:
    """Give the defaults of one plan: they are given for it, or for all."""
    found = given.get(plan)
    if isinstance(found, Mapping):
        return found
    return {name: value for name, value in given.items() if not isinstance(value, Mapping)}


def _check_defaults(
    defaults: Mapping[str, Mapping[str, object]], plans: Mapping[str, OldPlan], path: Path
) -> None:
    """Refuse a default of a factor that no plan has, or of a modality that the factor lacks."""
    known: dict[str, list[Modality]] = {}
    for plan in plans.values():
        for name, values in modalities(plan).items():
            known.setdefault(name, []).extend(values)
    for name, value in ((n, v) for given in defaults.values() for n, v in given.items()):
        if name not in known:
            raise UnknownName(f"factor (in defaults of {path})", name, known)
        if token(modality(value, name, path)) not in map(token, known[name]):
            raise DataError(
                f"{path}: the default {value!r} of factor {name!r} is none of its modalities; "
                f"{suggest(value, known[name])}"
            )


def _metrics(given: Mapping[str, Any], path: Path) -> tuple[list[OldMetric], list[str]]:
    metrics, remarks = [], []
    for name, said in given.items():
        for key in said:
            if key not in _METRIC:
                raise UnknownName(f"entry (of metric {name} in {path})", key, _METRIC)
        words = {**_METRIC, **said}
        if words["path"] != "output":
            remarks.append(f"metric {name!r} reads path {words['path']!r}, not outputs; left out")
        else:
            metrics.append(_metric(name, words, path))
    return metrics, remarks


def _metric(name: str, words: Mapping[str, Any], path: Path) -> OldMetric:
    if words["higher_the_better"] and words["lower_the_better"]:
        raise DataError(f"{path}: metric {name!r} is said to be better both higher and lower")
    function = words["func"]
    if not callable(function):
        raise DataError(f"{path}: func of metric {name!r} is no function: {function!r}")
    known = getattr(function, "__name__", "")
    numpys = getattr(np, known, None) is function
    directed = words["higher_the_better"] or words["lower_the_better"]
    precision = int(words["precision"])
    return OldMetric(
        name=name,
        output=words["output"] or name,
        reduce=known if numpys else None,
        function=None if numpys else function,
        higher_is_better=bool(words["higher_the_better"]) if directed else None,
        percent=bool(words["percent"]),
        precision=max(0, precision - 2) if words["percent"] else precision,
        unit=str(words["unit"]),
        description=str(words["description"]),
    )
