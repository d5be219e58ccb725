"""Shortcuts for tests that run the engine on the toy experiment."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import toy
from core import Experiment, Plan, Stage
from core.claim import take, this_process
from core.execute import Machine, Outcome, execute
from core.index import indexes
from core.status import Status, status
from core.store import Store
from core.task import Task, Tasks

MACHINE = Machine(replicates=frozenset({"run"}))


class Silent:
    """A watcher that only remembers."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []

    def started(self, task: Task) -> None:
        self.events.append(("started", task.id))

    def ended(self, task: Task, outcome: Outcome) -> None:
        self.events.append((outcome.status, task.id))

    def tick(self) -> None:
        """Nothing to show."""


def tasks_of(experiment: Experiment, asked: str | None = None) -> Tasks:
    return experiment.task_maker().all(experiment.select(asked))


def single(run: str, **settings: object) -> Task:
    """One task of a stage that runs the given function."""
    experiment = Experiment(
        name="toy",
        purpose="",
        plans=[Plan("p", **{"x": 1, **settings})],
        stages=[Stage("one", run, uses=["x", *settings])],
    )
    return next(iter(tasks_of(experiment)))


def run_all(tasks: Sequence[Task] | Tasks, store: Store) -> list[Outcome]:
    store.prepare({task.stage.name for task in tasks})
    return [execute(task, store, MACHINE) for task in tasks]


def die(store: Store, task: Task) -> None:
    """Take a task and leave it, as a runner does whose machine goes down."""
    claim = take(store.work(task))
    assert claim is not None
    claim.path.write_text(json.dumps(asdict(replace(this_process(), boot="an earlier boot"))))


def look(tasks: Tasks, store: Store, cache: Path | None = None) -> Status:
    return status(tasks, indexes(store, {t.stage.name for t in tasks}, cache))


__all__ = ["MACHINE", "Silent", "die", "look", "run_all", "single", "tasks_of", "toy"]
