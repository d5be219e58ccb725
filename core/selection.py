"""Applies a selector to plans: which settings, without listing the others."""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from core.errors import SelectorError, suggest
from core.plan import Plan
from core.selector import SPECIAL, Alternative, Condition, Exactly, Selector
from core.setting import Setting
from core.values import Modality, is_number, literal, text, token

# Tells whether a setting has a task in a state, or with an id: (setting, "state", "failed").
Lookup = Callable[[Setting, str, Condition], bool]

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Part:
    """The share of one alternative in one plan: factors restricted to some modalities."""

    plan: Plan
    allowed: dict[str, tuple[Modality, ...]]
    special: tuple[Condition, ...] = ()

    @cached_property
    def known(self) -> Mapping[str, Mapping[str, tuple[Modality]]]:
        """The modalities of each factor here, each alone, by their tokens."""
        modalities = {name: factor.modalities for name, factor in self.plan.factors.items()}
        return {
            name: {token(value): (value,) for value in values}
            for name, values in {**modalities, **self.allowed}.items()
        }

    def holds(self, setting: Setting) -> bool:
        """Tell whether a setting of the plans belongs to this part (`special` left aside)."""
        return all(
            name in setting and token(setting[name]) in self.known[name] for name in self.allowed
        ) and self.plan.contains(setting)


@dataclass(frozen=True)
class Selection:
    """The settings that a selector picks: iterable, each once, in the order of the plans."""

    selector: Selector
    parts: tuple[Part, ...]
    lookup: Lookup | None = field(default=None, compare=False)

    def __iter__(self) -> Iterator[Setting]:
        for place, part in enumerate(self.parts):
            earlier = [p for p in self.parts[:place] if part.plan.overlaps(p.plan)]
            settings = part.plan.settings(part.allowed)
            if not earlier and not part.special:
                yield from settings
                continue
            for setting in settings:
                if any(self._picks(p, setting) for p in earlier):
                    continue
                if not part.special or self._asks(part, setting):
                    yield setting

    def __len__(self) -> int:
        overlapping = any(
            p.plan.overlaps(q.plan) for i, p in enumerate(self.parts) for q in self.parts[:i]
        )
        if overlapping or self.special:
            return sum(1 for _ in self)
        return sum(part.plan.count(part.allowed) for part in self.parts)

    def __bool__(self) -> bool:
        return next(iter(self), None) is not None

    @property
    def special(self) -> list[Condition]:
        """The conditions that results answer: states and ids."""
        return [condition for part in self.parts for condition in part.special]

    def plan_of(self, setting: Setting) -> str:
        """Name the first selected plan that has the setting."""
        return next(part.plan.name for part in self.parts if part.plan.contains(setting))

    def picks(self, setting: Setting) -> bool:
        """Tell whether a setting of the plans is picked."""
        return any(self._picks(part, setting) for part in self.parts)

    def explain(self) -> str:
        """Say in words how the selector was understood."""
        return self.selector.explain()

    def _picks(self, part: Part, setting: Setting) -> bool:
        return part.holds(setting) and (not part.special or self._asks(part, setting))

    def _asks(self, part: Part, setting: Setting) -> bool:
        if self.lookup is None:
            names = ", ".join(condition.factor for condition in part.special)
            raise SelectorError(f"{names} can be selected only where results are at hand")
        lookup = self.lookup
        return all(lookup(setting, c.factor, c) for c in part.special)


def select(plans: Sequence[Plan], selector: Selector, lookup: Lookup | None = None) -> Selection:
    """Bind a selector to plans.

    Raises SelectorError, naming the nearest match, for an unknown plan, factor or modality and
    for conditions that no plan can meet together.
    """
    parts: list[Part] = []
    for alternative in selector.alternatives:
        chosen = _plans(plans, alternative.plan)
        _check(chosen, alternative)
        found = [part for plan in chosen if (part := _restrict(plan, alternative)) is not None]
        if not any(next(part.plan.settings(part.allowed), None) for part in found):
            raise SelectorError(f"no setting is selected by: {alternative}")
        parts.extend(found)
    return Selection(selector, tuple(parts), lookup)


def _plans(plans: Sequence[Plan], name: str | None) -> Sequence[Plan]:
    if name is None:
        return plans
    by_name = {plan.name: plan for plan in plans}
    by_place = {str(place): plan for place, plan in enumerate(plans)}
    if name in by_name or name in by_place:
        return [{**by_place, **by_name}[name]]
    raise SelectorError(f"unknown plan {name!r}; {suggest(name, by_name)}")


def _check(plans: Sequence[Plan], asked: Alternative) -> None:
    """Refuse a name that no chosen plan has, or a value that no chosen plan's factor has."""
    if asked.positions is not None and len(plans) != 1:
        names = ", ".join(plan.name for plan in plans)
        raise SelectorError(f"positions need one plan, as in '{plans[0].name}/[0]'; plans: {names}")
    for condition in asked.conditions:
        if condition.factor in SPECIAL:
            continue
        having = [plan for plan in plans if condition.factor in plan.factors]
        if not having:
            known = sorted({*SPECIAL, *(name for plan in plans for name in plan.factors)})
            where = f" in plan {asked.plan!r}" if asked.plan else ""
            told = suggest(condition.factor, known, 40)
            raise SelectorError(f"unknown factor {condition.factor!r}{where}; {told}")
        _check_values(
            condition, [m for p in having for m in p.factors[condition.factor].modalities]
        )


def _check_values(condition: Condition, modalities: list[Modality]) -> None:
    known = list(dict.fromkeys(text(m) for m in modalities))
    operator = "=" if condition.operator == "!=" else condition.operator
    for wanted in condition.wanted:
        if not _picked(Condition(condition.factor, operator, (wanted,)), modalities):
            raise SelectorError(
                f"no modality of {condition.factor!r} is {condition.operator} {wanted}; "
                f"{suggest(wanted, known)}"
            )


def _restrict(plan: Plan, asked: Alternative) -> Part | None:
    """Narrow a plan's factors to an alternative; None where the plan cannot meet it."""
    allowed: dict[str, tuple[Modality, ...]] = {}
    for condition in asked.conditions:
        name = condition.factor
        if name in SPECIAL:
            continue
        if name not in plan.factors:
            return None
        kept = allowed.get(name, plan.factors[name].modalities)
        allowed[name] = _picked(condition, kept)
        if not allowed[name]:
            return None
    if asked.positions is not None:
        allowed.update(_by_position(plan, asked.positions.kept))
    special = tuple(c for c in asked.conditions if c.factor in SPECIAL)
    return Part(plan, allowed, special)


def _picked(condition: Condition, modalities: Sequence[Modality]) -> tuple[Modality, ...]:
    """Choose the modalities that meet a condition."""
    if condition.operator in ("=", "!="):
        named = {token(m) for wanted in condition.wanted for m in wanted.picks(modalities)}
        return tuple(m for m in modalities if (token(m) in named) == (condition.operator == "="))
    bound = _bound(condition)
    compare = _COMPARE[condition.operator]
    return tuple(m for m in modalities if is_number(m) and compare(m, bound))


def _bound(condition: Condition) -> float:
    wanted = condition.wanted[0]
    bound = wanted.value if isinstance(wanted, Exactly) else literal(wanted.written)
    if not is_number(bound):
        raise SelectorError(f"{condition}: {bound!r} is no number to compare with")
    return bound


def _by_position(
    plan: Plan, kept: tuple[tuple[int, ...] | None, ...]
) -> dict[str, tuple[Modality, ...]]:
    names = list(plan.factors)
    if len(kept) > len(names):
        raise SelectorError(
            f"{len(kept)} positions for the {len(names)} factors of plan {plan.name!r}: "
            f"{', '.join(names)}"
        )
    allowed = {}
    for name, indices in zip(names, kept, strict=False):
        modalities = plan.factors[name].modalities
        if indices is None:
            continue
        if max(indices) >= len(modalities):
            shown = ", ".join(f"{i}: {text(m)}" for i, m in enumerate(modalities))
            raise SelectorError(f"{name!r} has no modality number {max(indices)}; known: {shown}")
        allowed[name] = tuple(modalities[i] for i in dict.fromkeys(indices))
    return allowed
