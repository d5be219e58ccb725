"""Tasks: a stage applied to the part of a setting that it uses; shared ones are one task."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TypeAlias, TypeVar

from core.setting import Setting, Shape
from core.stage import Stage
from core.values import Modality, fragment

ID_LENGTH = 16

Share = TypeVar("Share")
# Picks some of a setting's fragments ("name=token").
Picker: TypeAlias = Callable[[Sequence[str]], tuple[str, ...]]
# The tasks of one stage by the fragments on which they depend: none where there is no such stage,
# several where the work is divided.
Made: TypeAlias = "dict[tuple[str, ...], Sequence[Task]]"
# One empty mapping for all: a plan's tasks are many.
_NO_NEEDS: Mapping[str, "Task"] = {}


class Task:
    """One computation: its id says all that its result depends on.

    `share` is (index, count) of a task among those that divide the work of its stage; `name` is
    the stage's, and which share this is where there are several.
    """

    __slots__ = ("_lines", "_whole", "id", "name", "needs", "share", "stage")
    id: str

    def __init__(
        self,
        stage: Stage,
        whole: Setting,
        lines: Sequence[str],
        needs: Mapping[str, "Task"],
        share: tuple[int, int] = (0, 1),
    ) -> None:
        self.stage = stage
        self.needs = needs
        self.share = share
        self.name = share_name(stage.name, *share)
        self._whole = whole
        self._lines = lines
        told = (f"stage {self.name}", *lines, f"version {stage.version}")
        if needs:
            told += tuple(f"need {name} {task.id}" for name, task in needs.items())
        self.id = _digest(told)

    @property
    def setting(self) -> Setting:
        """The factors that the stage declared; reading any other raises."""
        return self._whole.shown_to(self.stage.name, self.stage.uses)

    @property
    def part(self) -> str:
        """An id that leaves the versions out.

        By it a record of an earlier version is recognised as an answer to the same question.
        """
        above = [f"need {name} {task.part}" for name, task in self.needs.items()]
        return _digest([f"stage {self.name}", *self._lines, *above])

    def __hash__(self) -> int:
        return hash(self.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Task) and self.id == other.id

    def __repr__(self) -> str:
        return f"Task({self.name} {self.id} {self.setting})"


@dataclass(frozen=True)
class Tasks:
    """The tasks of some settings; iterating gives each once, needed ones first."""

    by_setting: Sequence[tuple[Setting, Mapping[str, Task]]]
    by_id: Mapping[str, Task]

    def __iter__(self) -> Iterator[Task]:
        return iter(self.by_id.values())

    def __len__(self) -> int:
        return len(self.by_id)


class TaskMaker:
    """Turns settings into tasks, making each shared task once.

    `before` maps a factor added later to the value that earlier results had: with that value
    the factor leaves no trace in an id.
    """

    def __init__(self, stages: Iterable[Stage], before: Mapping[str, Modality]) -> None:
        self._stages = list(stages)  # the experiment holds them needed-first
        self._silent = frozenset(fragment(name, value) for name, value in before.items())
        self._pickers: dict[Shape, list[tuple[Stage, Made, Picker, Picker]]] = {}
        self._made: dict[str, Made] = {stage.name: {} for stage in self._stages}

    def tasks(self, setting: Setting) -> dict[str, Task]:
        """Give the tasks of a setting by their names, needed ones first."""
        pickers = self._pickers.get(setting.shape)
        if pickers is None:
            pickers = self._pickers[setting.shape] = self._prepare(setting.shape)
        found: dict[str, Task] = {}
        fragments = setting.fragments
        for stage, made, relevant, used in pickers:
            key = relevant(fragments)
            if key in made:
                tasks = made[key]
            else:
                lines = key if used is relevant else used(fragments)
                tasks = made[key] = self._make(stage, setting, lines, found)
            for task in tasks:
                found[task.name] = task
        return found

    def all(self, settings: Iterable[Setting]) -> Tasks:
        """Gather the tasks of many settings: each once, and which setting needs which."""
        by_setting = [(setting, self.tasks(setting)) for setting in settings]
        by_id: dict[str, Task] = {}
        for stage in self._stages:
            for _, tasks in by_setting:
                for task in shares(stage.name, tasks):
                    by_id.setdefault(task.id, task)
        return Tasks(by_setting, by_id)

    def _make(
        self, stage: Stage, setting: Setting, used: tuple[str, ...], found: Mapping[str, Task]
    ) -> Sequence[Task]:
        if stage.when and not stage.exists(setting):
            return ()
        lines = [line for line in used if line not in self._silent] if self._silent else used
        needed = (task for name in stage.needs for task in shares(name, found))
        needs = {task.name: task for task in needed} or _NO_NEEDS
        count = stage.count(setting)
        return [Task(stage, setting, lines, needs, (i, count)) for i in range(count)]

    def _prepare(self, shape: Shape) -> list[tuple[Stage, Made, Picker, Picker]]:
        """Find where, in settings of this shape, each stage's factors stand."""
        prepared = []
        for stage in self._stages:
            names = _relevant(stage, self._stages)
            relevant = _picker(names, shape)
            used = relevant if names == stage.uses else _picker(stage.uses, shape)
            prepared.append((stage, self._made[stage.name], relevant, used))
        return prepared


def share_name(stage: str, index: int, count: int) -> str:
    """Name a share of a stage's work; all of it has the stage's name."""
    return stage if count == 1 else f"{stage} {index + 1} of {count}"


def stage_of(name: str) -> str:
    """Give the stage of which a name is that of a share, or of all its work."""
    return name.partition(" ")[0]


def shares(stage: str, found: Mapping[str, Share]) -> Sequence[Share]:
    """Give what is found of a stage: all of its work, or its shares in order."""
    if stage in found:
        return [found[stage]]
    return [share for name, share in found.items() if name.startswith(f"{stage} ")]


def _picker(names: Iterable[str], shape: Shape) -> Picker:
    """Make the fastest function that picks these factors, sorted by name."""
    places = [shape.index[name] for name in sorted(names) if name in shape.index]
    if len(places) > 1:
        return itemgetter(*places)
    return lambda fragments: tuple(fragments[place] for place in places)


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:ID_LENGTH]


def _relevant(stage: Stage, stages: Iterable[Stage]) -> set[str]:
    """Find the factors on which a stage's id depends, those of the needed stages included."""
    by_name = {s.name: s for s in stages}
    names = set(stage.uses) | set(stage.when)
    for need in stage.needs:
        names |= _relevant(by_name[need], by_name.values())
    return names
