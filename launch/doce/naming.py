"""Reads settings back from file names; doce has no marks around names, so nothing is guessed."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from core.values import Modality
from launch.doce.choices import Choice, OldPlan
from launch.doce.old import Naming, OldExperiment


class Reading(NamedTuple):
    """One way to read a file name: `end` is where the id ends.

    `merged` says that the id is one that only merged plans have.
    """

    values: Mapping[str, Modality]
    output: str
    end: int
    merged: bool


class _Option(NamedTuple):
    """What may stand for a factor at its place in an id; `text` is None where nothing does."""

    text: str | None
    choice: Choice | None
    merged: bool


# A factor's place in an id.
_Place: TypeAlias = tuple[str, Sequence[_Option]]
_ABSENT = _Option(None, None, False)


class PlanNames:
    """The file names that doce gives to the settings of one plan."""

    def __init__(
        self, plan: OldPlan, others: Iterable[str], naming: Naming, outputs: Container[str]
    ) -> None:
        self._naming = naming
        self._outputs = outputs
        self._factors = tuple(plan)
        names = [*plan, *(name for name in others if name not in plan)]
        self._places: list[_Place] = [
            (name, _options(name, plan.get(name), naming))
            for name in (sorted(names) if naming.sort else names)
        ]

    def readings(self, stem: str) -> Iterator[Reading]:
        """Give every way in which a file name without its `.npy` is a setting and an output.

        The whole name is accounted for, so that `n=1` never takes a file of `n=10`.
        """
        for end, chosen in self._ids(stem, 0, ()):
            for delimiter in self._naming.delimiters:
                output = stem[end + len(delimiter) :]
                if output and stem.startswith(delimiter, end) and self._may_be(output, chosen):
                    pairs = zip(self._places, chosen, strict=True)
                    found = {name: o.choice.value for (name, _), o in pairs if o.choice}
                    values = {name: found[name] for name in self._factors}
                    yield Reading(values, output, end, any(o.merged for o in chosen))

    def _may_be(self, output: str, chosen: Sequence[_Option]) -> bool:
        """Refuse as an output what may be a left out factor with a modality that is not known."""
        if output in self._outputs:
            return True
        pairs = zip(self._places, chosen, strict=True)
        absent = tuple(name + self._naming.joiner for (name, _), o in pairs if o.text is None)
        return not output.startswith(absent)

    def _ids(
        self, stem: str, at: int, chosen: tuple[_Option, ...]
    ) -> Iterator[tuple[int, tuple[_Option, ...]]]:
        if len(chosen) == len(self._places):
            yield at, chosen
            return
        separator = self._naming.separator if at else ""
        begin = at + len(separator) if stem.startswith(separator, at) else None
        for option in self._places[len(chosen)][1]:
            if option.text is None:
                yield from self._ids(stem, at, (*chosen, option))
            elif begin is not None and stem.startswith(option.text, begin):
                yield from self._ids(stem, begin + len(option.text), (*chosen, option))


def _options(name: str, choices: Sequence[Choice] | None, naming: Naming) -> list[_Option]:
    if choices is None:
        written = [f"{name}{naming.joiner}{text}" for text in naming.sentinels]
        return [_ABSENT, *(_Option(text, None, False) for text in written)]
    found = []
    for choice in choices:
        found += [_Option(f"{name}{naming.joiner}{t}", choice, False) for t in choice.texts]
        if choice.omitted or choice.merged:
            found.append(_Option(None, choice, not choice.omitted))
    return found


def plan_names(old: OldExperiment) -> list[PlanNames]:
    """Prepare the names of every plan; a plan without a factor has the factor's default."""
    outputs = {metric.output for metric in old.metrics}
    made = []
    for plan in old.plans.values():
        rest = {
            name: [Choice(value, (), omitted=True)]
            for name, value in old.defaults.items()
            if name not in plan
        }
        made.append(PlanNames({**plan, **rest}, old.factors, old.naming, outputs))
    return made


def example(old: OldExperiment) -> str:
    """Write the name of a file that doce would have made."""
    factors = next(iter(old.plans.values()))
    names = sorted(factors) if old.naming.sort else list(factors)
    written = [
        f"{name}{old.naming.joiner}{choice.texts[0]}"
        for name in names
        if not (choice := factors[name][0]).omitted
    ]
    output = old.metrics[0].output if old.metrics else "OUTPUT"
    return f"{old.naming.separator.join(written)}{old.naming.delimiters[0]}{output}.npy"
