"""An experiment: a name, a purpose, plans, stages, metrics, published rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import cast

from core.dataset import Dataset
from core.errors import PlanError, SelectorError, UnknownName, suggest
from core.figure import Drawable
from core.media import Media
from core.metric import Metric
from core.plan import NOT_GIVEN, Plan, as_factor
from core.selection import Lookup, Selection, select
from core.selector_text import Asked, read_selector
from core.setting import Setting
from core.sheet import Sheet
from core.stage import Stage
from core.task import TaskMaker
from core.values import Modality, literal, text, token
from core.when import Allowed, modalities_of


@dataclass(frozen=True, eq=False)
class Experiment:
    """What is compared, how it is computed, and what is read from the results.

    Parameters
    ----------
    name, purpose:
        How the command line calls it, and one line for people.
    plans:
        The settings of an experiment are the union of its plans' settings.
    defaults:
        Factors that every plan has unless it says otherwise.
    replicates:
        Factors over which tables aggregate (`run`, `fold`).
    choices:
        For factors of text: every modality that the code knows, so that another one is refused
        before anything runs. A factor without an entry knows what the plans declare.
    stages, metrics:
        Steps of the work, and numbers read from their records.
    data:
        The datasets that lie in folders of the user, by name.
    sheets:
        Files for other tools, made from the records.
    figures:
        What figures can be drawn of, besides the metrics.
    media:
        Sounds and pictures that stages store, for reports.
    published:
        File name of published rows, in `plans/published/`.
    """

    name: str
    purpose: str
    plans: Sequence[Plan]
    stages: Sequence[Stage]
    metrics: Sequence[Metric] = ()
    defaults: Mapping[str, object] = field(default_factory=dict)
    replicates: Mapping[str, object] = field(default_factory=dict)
    choices: Mapping[str, object] = field(default_factory=dict)
    data: Mapping[str, Dataset] = field(default_factory=dict)
    sheets: Sequence[Sheet] = ()
    figures: Sequence[Drawable] = ()
    media: Sequence[Media] = ()
    published: str | None = None

    def __post_init__(self) -> None:
        defaults = {name: as_factor(value) for name, value in self.defaults.items()}
        replicates = {name: as_factor(value) for name, value in self.replicates.items()}
        completed = [plan.completed(defaults, replicates) for plan in self.plans]
        object.__setattr__(self, "plans", completed)
        self._check_names()
        self._check_datasets()
        self._check_readers()
        self._check_stages()
        self._check_choices()

    def select(self, asked: Asked = None, lookup: Lookup | None = None) -> Selection:
        """Pick settings; see core.selector_text for what may be asked."""
        return select(self.plans, read_selector(asked), lookup)

    def task_maker(self) -> TaskMaker:
        """Give what turns settings of this experiment into tasks."""
        return TaskMaker(self.stages, self._before)

    def stage(self, name: str) -> Stage:
        """Find a stage by name."""
        found = {stage.name: stage for stage in self.stages}
        if name not in found:
            raise UnknownName("stage", name, found)
        return found[name]

    def metric(self, name: str) -> Metric:
        """Find a metric by its name, or by its position among the metrics."""
        found = {metric.name: metric for metric in self.metrics}
        by_place = {str(place): metric for place, metric in enumerate(self.metrics)}
        if name not in found and name not in by_place:
            raise UnknownName("metric", name, found)
        return {**found, **by_place}[name]

    def sheet(self, name: str) -> Sheet:
        """Find a sheet by name."""
        found = {sheet.name: sheet for sheet in self.sheets}
        if name not in found:
            raise UnknownName("sheet", name, found)
        return found[name]

    def dataset(self, name: str) -> Dataset:
        """Find a dataset by name."""
        if name not in self.data:
            raise UnknownName("dataset", name, self.data)
        return self.data[name]

    @cached_property
    def factors(self) -> dict[str, tuple[Modality, ...]]:
        """Every factor of the plans with all its modalities, each once."""
        found: dict[str, dict[str, Modality]] = {}
        for plan in self.plans:
            for name, factor in plan.factors.items():
                known = found.setdefault(name, {})
                for modality in factor.modalities:
                    known.setdefault(token(modality), modality)
        return {name: tuple(known.values()) for name, known in found.items()}

    def replicates_of(self, settings: Iterable[Setting]) -> list[str]:
        """Name the replicate factors that settings have, given what they are without them."""
        some = list(settings)
        return [
            name
            for name in self.replicates
            if any(plan.factors[name].exists(s) for plan in self.plans for s in some)
        ]

    def with_modalities(self, given: Mapping[str, Sequence[str]]) -> "Experiment":
        """Replace factors' modalities in every plan that has them, for one call (`--set`).

        Raises UnknownName for a factor that no plan has, SelectorError for a modality that the
        factor cannot take.
        """
        for name in given:
            if name not in self.factors:
                raise UnknownName("factor", name, self.factors)
        read = {n: tuple(self._read(n, word) for word in words) for n, words in given.items()}
        return replace(self, plans=[plan.with_modalities(read) for plan in self.plans])

    def _read(self, name: str, word: str) -> Modality:
        """Read one typed modality as the kind that the factor has."""
        known = self._known(name)
        value: Modality = literal(word)
        if any(token(value) == token(m) for m in known):
            return value
        kinds = {_kind(m) for m in known}
        if _kind(value) not in kinds and kinds == {"text"}:
            value = word
        closed = kinds <= {"text", "bool"} or _kind(value) not in kinds
        if closed and token(value) not in map(token, known):
            shown = [text(m) for m in known]
            raise SelectorError(f"{name!r} cannot be {word!r}; {suggest(word, shown)}")
        return value

    def _known(self, name: str) -> tuple[Modality, ...]:
        if name in self.choices:
            return modalities_of(self.choices[name])
        return self.factors[name]

    @cached_property
    def _before(self) -> dict[str, Modality]:
        """Gather `before` of every factor; two plans cannot say different things."""
        found: dict[str, Modality] = {}
        for plan in self.plans:
            for name, factor in plan.factors.items():
                if factor.before is NOT_GIVEN:
                    continue
                before = cast(Modality, factor.before)
                if token(found.setdefault(name, before)) != token(before):
                    raise PlanError(f"factor {name!r} has two values for `before`")
        return found

    def _check_names(self) -> None:
        for kind, things in (
            ("plan", self.plans),
            ("stage", self.stages),
            ("metric", self.metrics),
            ("sheet", self.sheets),
        ):
            names = [thing.name for thing in things]
            twice = {n for n in names if names.count(n) > 1}
            if twice:
                raise PlanError(f"experiment {self.name!r} has two {kind}s named {twice.pop()!r}")

    def _check_datasets(self) -> None:
        given: Mapping[str, object] = self.data
        for name, dataset in given.items():
            if not isinstance(dataset, Dataset):
                raise PlanError(f"dataset {name!r} is {dataset!r}; write Dataset({dataset!r})")

    def _check_readers(self) -> None:
        """Refuse what reads a stage that is not there, and a metric of a part of the work."""
        for reader in (*self.sheets, *self.figures):
            for stage in reader.stages:
                self.stage(stage)
        for media in self.media:
            self.stage(media.stage)
        for metric in self.metrics:
            if self.stage(metric.stage).shares:
                raise PlanError(
                    f"metric {metric.name!r} reads stage {metric.stage!r}, whose work is divided; "
                    "read a later stage that gathers it"
                )

    def _check_stages(self) -> None:
        known: set[str] = set()
        for stage in self.stages:
            for need in stage.needs:
                if need not in known:
                    later = [s.name for s in self.stages]
                    raise PlanError(
                        f"stage {stage.name!r} needs {need!r}, which no stage above it is; "
                        f"{suggest(need, later)}"
                    )
            for name in sorted({*stage.uses, *stage.when}):
                if name not in self.factors:
                    raise UnknownName(f"factor (of stage {stage.name})", name, self.factors)
            known.add(stage.name)

    def _check_choices(self) -> None:
        for name, values in self.choices.items():
            allowed: Allowed = {name: modalities_of(values)}
            for modality in self.factors.get(name, ()):
                if token(modality) not in map(token, allowed[name]):
                    shown = [text(m) for m in allowed[name]]
                    raise PlanError(
                        f"{name!r} cannot be {text(modality)}; {suggest(text(modality), shown)}"
                    )


def _kind(value: Modality) -> str:
    if isinstance(value, bool):
        return "bool"
    return {str: "text", type(None): "none"}.get(type(value), "number")
