"""What an experiment of doce declares, in words that all its versions share."""

import keyword
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from core import Experiment, Plan, Stage
from core.errors import DataError, PlanError
from core.plan import RESERVED
from core.values import Modality, plain, token

STAGE = "step"


@dataclass(frozen=True)
class Choice:
    """A modality, and how ids may have it.

    Attributes
    ----------
    texts:
        Its spellings.
    omitted:
        Ids may leave it out, with its factor: it is doce's default.
    merged:
        Ids leave it out only where doce had merged several plans.
    """

    value: Modality
    texts: tuple[str, ...]
    omitted: bool = False
    merged: bool = False


@dataclass(frozen=True)
class OldMetric:
    """A reduction of one output to a number.

    Attributes
    ----------
    reduce:
        The name of a function of numpy, or the position of the value; None with `function`.
    function:
        A function of the user's file; its number is computed once and kept beside the arrays.
    """

    name: str
    output: str
    reduce: str | int | None
    function: Callable[[Any], Any] | None = None
    higher_is_better: bool | None = None
    percent: bool = False
    precision: int = 2
    unit: str = ""
    description: str = ""

    @property
    def array(self) -> str:
        """The array of the record that it reads."""
        return (
            f"{array_name(self.output)}-{self.name}" if self.function else array_name(self.output)
        )


@dataclass(frozen=True)
class Naming:
    """How file names are made: `factor JOINER modality SEPARATOR … DELIMITER output.npy`."""

    joiner: str
    separator: str
    delimiters: tuple[str, ...]
    sort: bool = True
    sentinels: tuple[str, ...] = ()


OldPlan: TypeAlias = Mapping[str, Sequence[Choice]]


@dataclass(frozen=True)
class OldExperiment:
    """Plans, metrics and outputs of an experiment of doce; `version` is empty where unknown."""

    plans: Mapping[str, OldPlan]
    naming: Naming
    defaults: Mapping[str, Modality]
    metrics: Sequence[OldMetric]
    outputs: Path | None
    purpose: str
    version: str = ""
    remarks: Sequence[str] = ()

    def as_experiment(self, name: str) -> Experiment:
        """Declare its settings to Sonoplan; raises PlanError for a factor that cannot be one."""
        for plan, factors in self.plans.items():
            for factor, choices in factors.items():
                _check(plan, factor, choices)
        plans = [Plan(plan, **modalities(factors)) for plan, factors in self.plans.items()]
        stage = Stage(STAGE, stage_path(name), uses=self.factors)
        return Experiment(name, self.purpose, plans, [stage], defaults=self.defaults)

    @property
    def factors(self) -> list[str]:
        """Every factor of the plans, each once."""
        return list(dict.fromkeys(name for factors in self.plans.values() for name in factors))


def modalities(factors: OldPlan) -> dict[str, list[Modality]]:
    """Give the modalities of each factor."""
    return {name: [choice.value for choice in choices] for name, choices in factors.items()}


def stage_path(name: str) -> str:
    """Name the function with which what is missing would be computed."""
    return f"experiments.{name}.{STAGE}:{STAGE}"


def _check(plan: str, factor: str, choices: Sequence[Choice]) -> None:
    if factor in RESERVED or not factor.isidentifier() or keyword.iskeyword(factor):
        raise PlanError(
            f"plan {plan!r}: {factor!r} cannot be the name of a factor, it means something else in "
            "Python or to Sonoplan; rename the factor, in the names of the result files too"
        )
    if not choices:
        raise PlanError(f"plan {plan!r}: factor {factor!r} has no modality")


def array_name(output: str) -> str:
    """Make the name of an output one that an array may have."""
    name = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in output)
    return name if name.replace("-", "_").isidentifier() else f"_{name}"


def modality(value: object, factor: str, file: Path) -> Modality:
    """Give a modality of doce as plain Python; raises DataError for what is no single value."""
    try:
        # np.float32(0.1) is the 0.1 that its text says, not the double next to it.
        return plain(float(str(value)) if isinstance(value, np.floating) else value)
    except ValueError as error:
        raise DataError(
            f"{file}: factor {factor!r} has the modality {value!r}, which Sonoplan cannot hold; "
            "a modality is a str, int, float, bool or None. Name it by a text, and let the step "
            "look up what the text stands for"
        ) from error


def united(choices: Sequence[Choice]) -> list[Choice]:
    """Unite choices that are one modality, 1 and 1.0 for instance."""
    found: dict[str, Choice] = {}
    for new in choices:
        old = found.get(token(new.value), new)
        texts = tuple(dict.fromkeys((*old.texts, *new.texts)))
        omitted, merged = old.omitted or new.omitted, old.merged or new.merged
        found[token(new.value)] = Choice(old.value, texts, omitted, merged)
    return list(found.values())


def agreed(defaults: Iterable[Mapping[str, object]], file: Path) -> dict[str, Modality]:
    """Keep the defaults on which plans agree; a plan without the factor then has the default."""
    found: dict[str, dict[str, Modality]] = {}
    for plan in defaults:
        for name, value in plan.items():
            default = modality(value, name, file)
            found.setdefault(name, {})[token(default)] = default
    return {name: next(iter(each.values())) for name, each in found.items() if len(each) == 1}
