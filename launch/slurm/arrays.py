"""Tasks become job arrays: one a stage, cut at the longest that the cluster takes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeVar

from core.stage import Stage
from core.task import Task

T = TypeVar("T")


@dataclass(frozen=True)
class Array:
    """One array of jobs.

    Attributes
    ----------
    elements:
        The tasks that each job computes side by side.
    after:
        Places of the arrays of this submission that have to end before.
    after_jobs:
        Slurm's ids of earlier submissions that have to end before.
    """

    stage: Stage
    elements: tuple[tuple[Task, ...], ...]
    after: tuple[int, ...] = ()
    after_jobs: tuple[str, ...] = ()

    @property
    def tasks(self) -> list[Task]:
        """All tasks of the array."""
        return [task for element in self.elements for task in element]


def arrays(
    tasks: Iterable[Task],
    limit: Callable[[Stage], int],
    pack: int = 1,
    queued: Mapping[str, str] = MappingProxyType({}),
    in_turn: bool = False,
) -> list[Array]:
    """Make the arrays of some tasks, given needed-first.

    `limit` gives the longest array of a stage, `queued` the jobs of tasks submitted earlier.
    With `in_turn` every array waits for the one before it, so that a bound on the jobs of one
    array bounds them all.
    """
    by_stage: dict[Stage, list[Task]] = {}
    for task in tasks:
        by_stage.setdefault(task.stage, []).append(task)
    found: list[Array] = []
    place: dict[str, int] = {}
    for stage, own in by_stage.items():
        elements = _cut(own, pack)
        for part in _cut(elements, limit(stage)):
            array = Array(stage, part)
            needed = {need.id for task in array.tasks for need in task.needs.values()}
            after = {place[need] for need in needed & place.keys()}
            if in_turn and found:
                after.add(len(found) - 1)
            jobs = {queued[need] for need in needed & queued.keys()}
            place |= dict.fromkeys((task.id for task in array.tasks), len(found))
            found.append(replace(array, after=tuple(sorted(after)), after_jobs=tuple(sorted(jobs))))
    return found


def _cut(items: Sequence[T], size: int) -> tuple[tuple[T, ...], ...]:
    return tuple(tuple(items[i : i + size]) for i in range(0, len(items), size))
