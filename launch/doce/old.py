"""What an experiment of doce declares, in words that all its versions share."""

import keyword
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import Experiment, Plan, Stage
from core.errors import PlanError
from core.plan import RESERVED
from core.values import Modality
from launch.doce.choices import Choice, OldPlan, modalities

STAGE = "step"


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
        return array_name(f"{self.output}-{self.name}" if self.function else self.output)


@dataclass(frozen=True)
class Naming:
    """How file names are made: `factor JOINER modality SEPARATOR … DELIMITER output.npy`."""

    joiner: str
    separator: str
    delimiters: tuple[str, ...]
    sort: bool = True
    sentinels: tuple[str, ...] = ()


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
