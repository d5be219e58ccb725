"""Plans: named sets of factors, enumerated lazily."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Final

from core.errors import PlanError, UnknownName
from core.positions import Positions
from core.setting import Setting, shape_of
from core.values import Modality, fragment, plain, text, token
from core.when import ALWAYS, Allowed, Conditions, When, modalities_of, read_when

# `before=None` is a value that earlier results may have had, so "not given" needs its own mark.
NOT_GIVEN: Final = object()
RESERVED = frozenset({"id", "state", *dir(Setting)})


@dataclass(frozen=True, init=False)
class Factor:
    """The possible modalities of one choice, and when the choice exists.

    Parameters
    ----------
    modalities:
        One value or several: str, int, float, bool or None.
    when:
        The factor exists only where each named factor has one of the given modalities, or, given
        a list, where one of these conditions holds; elsewhere it is blank.
    before:
        For a factor added later: the value that earlier results had. With that value the ids
        of tasks are what they were without the factor.
    """

    modalities: tuple[Modality, ...]
    when: When = ALWAYS
    before: object = NOT_GIVEN

    def __init__(
        self,
        modalities: object,
        *,
        when: Conditions | When | None = None,
        before: object = NOT_GIVEN,
    ) -> None:
        values = modalities_of(modalities)
        tokens = [token(value) for value in values]
        if not values or len(set(tokens)) < len(tokens):
            raise PlanError(f"modalities {values} of a factor: need at least one, each only once")
        object.__setattr__(self, "modalities", values)
        object.__setattr__(self, "when", when if isinstance(when, When) else read_when(when))
        known = before if before is NOT_GIVEN else plain(before)
        object.__setattr__(self, "before", known)

    @cached_property
    def tokens(self) -> frozenset[str]:
        """The tokens of the modalities."""
        return frozenset(map(token, self.modalities))

    def exists(self, values: Mapping[str, Modality]) -> bool:
        """Tell whether the factor exists beside these values of the factors it depends on."""
        return self.when.holds(values)


def as_factor(value: object) -> Factor:
    """Take a factor as it is, and anything else as modalities."""
    return value if isinstance(value, Factor) else Factor(value)


class Plan:
    """A named set of factors; its settings are their product, less the factors that are blank."""

    def __init__(self, name: str, /, **factors: object) -> None:
        self.name = name
        self.factors = {n: as_factor(value) for n, value in factors.items()}
        if not name.isidentifier():
            raise PlanError(f"plan name {name!r}: use letters, digits and underscores")
        for factor in self.factors:
            if factor in RESERVED or factor.startswith("_"):
                raise PlanError(f"plan {name!r}: {factor!r} cannot be the name of a factor")

    def __repr__(self) -> str:
        return f"Plan({self.name!r}, {', '.join(self.factors)})"

    def completed(self, defaults: Mapping[str, object], last: Mapping[str, object]) -> "Plan":
        """Add the factors that this plan leaves to the experiment: defaults, then replicates."""
        own = {n: f for n, f in self.factors.items() if n not in last}
        rest = {n: f for n, f in defaults.items() if n not in own and n not in last}
        ends = {n: self.factors.get(n, f) for n, f in last.items()}
        plan = Plan(self.name, **own, **rest, **ends)
        plan._sort()
        return plan

    def with_modalities(self, given: Mapping[str, tuple[Modality, ...]]) -> "Plan":
        """Replace modalities of the factors this plan has."""
        changed = {
            n: replace_modalities(f, given[n]) if n in given else f for n, f in self.factors.items()
        }
        return Plan(self.name, **changed)

    def _sort(self) -> None:
        """Put each conditional factor after the factors it depends on, else keep the order."""
        ordered: dict[str, Factor] = {}
        waiting = dict(self.factors)
        while waiting:
            ready = [n for n, f in waiting.items() if all(c in ordered for c in f.when)]
            if not ready:
                name, factor = next(iter(waiting.items()))
                unknown = [c for c in factor.when if c not in self.factors]
                if unknown:
                    raise UnknownName(f"factor (in `when` of {name})", unknown[0], self.factors)
                raise PlanError(f"plan {self.name!r}: {', '.join(waiting)} depend on each other")
            first = ready[0]
            ordered[first] = waiting.pop(first)
        self.factors = ordered

    def settings(self, allowed: Allowed | None = None) -> Iterator[Setting]:
        """Enumerate settings lazily, first factor slowest.

        `allowed` restricts factors to some modalities; settings where such a factor is blank
        are left out. The cost is that of the settings yielded, not of the whole plan.
        """
        allowed = allowed or {}
        if any(name not in self.factors for name in allowed):
            return
        names = list(self.factors)
        split = self._conditional_part()
        tail = {n: allowed.get(n, self.factors[n].modalities) for n in names[split:]}
        texts = [[fragment(n, value) for value in values] for n, values in tail.items()]
        for head in self._heads(names[:split], {}, allowed):
            shape = shape_of((*head, *tail))
            first = tuple(head.values())
            first_texts = tuple(fragment(n, value) for n, value in head.items())
            for values, written in zip(product(*tail.values()), product(*texts), strict=True):
                yield Setting.of(shape, first + values, first_texts + written)

    def count(self, allowed: Allowed | None = None) -> int:
        """Count settings without listing them."""
        return Positions(self.factors, allowed or {}).count

    def contains(self, setting: Setting) -> bool:
        """Tell whether this plan has the setting."""
        present = 0
        for name, factor in self.factors.items():
            if not factor.exists(setting):
                continue
            if name not in setting or token(setting[name]) not in factor.tokens:
                return False
            present += 1
        return present == len(setting)

    def overlaps(self, other: "Plan") -> bool:
        """Tell whether the two plans may share a setting (no false negatives)."""
        for name in self.factors.keys() | other.factors.keys():
            found = [p.factors[name] for p in (self, other) if name in p.factors]
            if any(factor.when for factor in found):
                continue
            kept = [{*map(token, factor.modalities)} for factor in found]
            if len(kept) == 1 or not kept[0] & kept[1]:
                return False
        return True

    def _conditional_part(self) -> int:
        """Give the length of the leading factors that conditions make it necessary to walk."""
        controllers = {c for f in self.factors.values() for c in f.when}
        names = list(self.factors)
        walked = [i for i, n in enumerate(names) if n in controllers or self.factors[n].when]
        return max(walked, default=-1) + 1

    def _heads(
        self, names: list[str], values: dict[str, Modality], allowed: Allowed
    ) -> Iterator[dict[str, Modality]]:
        if not names:
            yield values
            return
        name, *rest = names
        factor = self.factors[name]
        if not factor.exists(values):
            if name not in allowed:
                yield from self._heads(rest, values, allowed)
            return
        for value in allowed.get(name, factor.modalities):
            yield from self._heads(rest, {**values, name: value}, allowed)


def replace_modalities(factor: Factor, modalities: tuple[Modality, ...]) -> Factor:
    """Give the factor other modalities; when it exists stays as declared."""
    return Factor(modalities, when=factor.when, before=factor.before)


def describe(factor: Factor) -> str:
    """Write a factor's modalities, and when it exists, for a listing."""
    values = ", ".join(text(value) for value in factor.modalities)
    return f"{values} (when {factor.when})" if factor.when else values
