"""Tasks: a stage applied to the part of a setting that it uses; shared ones are one task."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.setting import Setting
from core.stage import Stage
from core.values import Modality, token

ID_LENGTH = 16


@dataclass(frozen=True, eq=False)
class Task:
    """One computation: its id says all that its result depends on.

    `part` leaves the versions out, so that a record made by an earlier version of the code can
    be recognised as an answer to the same question.
    """

    id: str
    part: str
    stage: Stage
    setting: Setting
    needs: Mapping[str, "Task"]

    def __hash__(self) -> int:
        return hash(self.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Task) and self.id == other.id

    def __repr__(self) -> str:
        return f"Task({self.stage.name} {self.id} {self.setting})"


class TaskMaker:
    """Turns settings into tasks, making each shared task once.

    `before` maps a factor added later to the value that earlier results had: with that value
    the factor leaves no trace in an id.
    """

    def __init__(self, stages: Iterable[Stage], before: Mapping[str, Modality]) -> None:
        self._stages = list(stages)  # the experiment holds them needed-first
        self._before = {name: token(value) for name, value in before.items()}
        self._relevant = {s.name: _relevant(s, self._stages) for s in self._stages}
        self._made: dict[tuple[object, ...], Task] = {}

    def tasks(self, setting: Setting) -> dict[str, Task]:
        """Give the tasks of a setting by stage name, needed ones first."""
        found: dict[str, Task] = {}
        for stage in self._stages:
            if stage.when and not stage.exists(setting):
                continue
            key = (stage.name, *setting.tokens(self._relevant[stage.name]))
            task = self._made.get(key)
            if task is None:
                task = self._made[key] = self._make(stage, setting, found)
            found[stage.name] = task
        return found

    def all(self, settings: Iterable[Setting]) -> "Tasks":
        """Gather the tasks of many settings: each once, and which setting needs which."""
        by_setting = [(setting, self.tasks(setting)) for setting in settings]
        by_id: dict[str, Task] = {}
        for stage in self._stages:
            for _, tasks in by_setting:
                if stage.name in tasks:
                    by_id.setdefault(tasks[stage.name].id, tasks[stage.name])
        return Tasks(by_setting, by_id)

    def _make(self, stage: Stage, setting: Setting, found: Mapping[str, Task]) -> Task:
        needs = {name: found[name] for name in stage.needs if name in found}
        names = sorted(stage.uses)
        lines = [
            f"{name}={written}"
            for name, written in zip(names, setting.tokens(names), strict=True)
            if written and written != self._before.get(name)
        ]
        own = [f"stage {stage.name}", *lines]
        version = f"version {stage.version}"
        return Task(
            id=_digest([*own, version, *(f"need {n} {t.id}" for n, t in needs.items())]),
            part=_digest([*own, *(f"need {n} {t.part}" for n, t in needs.items())]),
            stage=stage,
            setting=setting.shown_to(stage.name, stage.uses),
            needs=needs,
        )


@dataclass(frozen=True)
class Tasks:
    """The tasks of some settings; iterating gives each once, needed ones first."""

    by_setting: Sequence[tuple[Setting, Mapping[str, Task]]]
    by_id: Mapping[str, Task]

    def __iter__(self) -> Iterator[Task]:
        return iter(self.by_id.values())

    def __len__(self) -> int:
        return len(self.by_id)


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:ID_LENGTH]


def _relevant(stage: Stage, stages: list[Stage]) -> list[str]:
    """List the factors on which a stage's id depends, those of the needed stages included."""
    by_name = {s.name: s for s in stages}
    names = set(stage.uses) | set(stage.when)
    for need in stage.needs:
        names.update(_relevant(by_name[need], stages))
    return sorted(names)
