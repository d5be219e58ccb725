"""One experiment with its results: what every action of the command line works on."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from core.errors import ConfigError, SelectorError, suggest
from core.execute import dataset_of
from core.experiment import Experiment
from core.fingerprint import DataFolder, fingerprint
from core.index import Index, indexes
from core.record import is_record
from core.selection import Selection
from core.selector import Condition, Exactly
from core.selector_text import Asked
from core.setting import Setting
from core.status import STATES, InQueue, State, Status, status
from core.store import Store
from core.task import Task, TaskMaker, Tasks
from launch.config import Config
from launch.found import by_state

if TYPE_CHECKING:
    from launch.slurm.ledger import Ledger
    from launch.slurm.queue import Look

# What a setting is called when its tasks stand differently: the first of these that occurs.
_WORST_FIRST: tuple[State, ...] = (
    *("failed", "damaged", "running", "stale", "queued", "unknown", "to do"),
)


class Workspace:
    """An experiment and the folder of its results.

    `declared` is the experiment as its plan has it, where `--set` has changed it for this call.
    """

    def __init__(
        self, experiment: Experiment, config: Config, declared: Experiment | None = None
    ) -> None:
        self.experiment = experiment
        self.declared = declared or experiment
        self.config = config
        self.store = Store(config.results, experiment.name)

    @cached_property
    def maker(self) -> TaskMaker:
        """Makes tasks, each once for the whole call."""
        return self.experiment.task_maker()

    @cached_property
    def indexes(self) -> dict[str, Index]:
        """One look at each stage's results; `refresh` takes another."""
        names = [stage.name for stage in self.experiment.stages]
        return indexes(self.store, names, self.config.cache)

    def refresh(self) -> None:
        """Forget what was seen of the results and of the queue."""
        self.save()
        for seen in ("indexes", "look", "queue"):
            self.__dict__.pop(seen, None)

    @cached_property
    def ledger(self) -> "Ledger":
        """What was given to Slurm."""
        from launch.slurm.ledger import FOLDER, Ledger

        return Ledger(self.store.folder / FOLDER)

    @cached_property
    def look(self) -> "Look":
        """One look at Slurm's queue, where tasks may be in it; `refresh` takes another."""
        from launch.slurm.queue import look

        done = {task for index in self.indexes.values() for task in index.scan.done}
        return look(self.ledger, done=done)

    @cached_property
    def queue(self) -> Mapping[str, InQueue]:
        """What the queue says of tasks, by id."""
        if not self.ledger.jobs.is_dir():
            return {}  # most experiments never see Slurm, and do not pay for it
        found = {}
        for task_id, place in self.look.places.items():
            found[task_id] = place.in_queue()
            if not place.active and self._has_just_ended(place.entry.stage, task_id):
                self.__dict__.pop("indexes", None)
        return found

    def _has_just_ended(self, stage: str, task_id: str) -> bool:
        """Tell whether a task's record came after the look at the results."""
        index = self.__dict__.get("indexes", {}).get(stage)
        missing = index is not None and task_id not in index.scan.done
        return missing and is_record(self.store.folder / stage / task_id)

    def save(self) -> None:
        """Keep what was read of the results for the next call."""
        for index in self.__dict__.get("indexes", {}).values():
            index.save()

    def select(self, asked: Asked) -> Selection:
        """Pick settings, by state and id too."""
        return by_state(self, self.experiment.select(asked, self._lookup))

    def tasks(self, selection: Selection) -> Tasks:
        """Make the tasks of the selected settings."""
        return self.maker.all(selection)

    def status(self, tasks: Iterable[Task]) -> Status:
        """Find where tasks stand."""
        queue = self.queue  # first: what left it while we looked has left a record
        return status(tasks, self.indexes, queue)

    def state_of(self, setting: Setting) -> State:
        """Sum up the states of a setting's tasks."""
        tasks = self.maker.tasks(setting)
        queue = self.queue
        return summed(Counter(status(tasks.values(), self.indexes, queue).states.values()))

    def data_folders(self, tasks: Tasks, status: Status) -> dict[str, DataFolder]:
        """Find and recognise the data folders that tasks read.

        Raises ConfigError where a task to do reads a folder that is not configured, or where
        results at hand were made from a dataset of that name that was not the same.
        """
        found: dict[str, DataFolder] = {}
        for task in tasks:
            name = str(dataset_of(task))
            if task.stage.data is None or name in found or name not in self.experiment.data:
                continue
            if name not in self.config.data:
                if status.of(task) == "done":
                    continue
                raise ConfigError(self._folder_wanted(name))
            path = self.config.data[name]
            found[name] = DataFolder(path, fingerprint(path))
            self._check_same(task, name, found[name])
        return found

    def _folder_wanted(self, name: str) -> str:
        dataset = self.experiment.data[name]
        told = (
            f"the folder of dataset {name!r} ({dataset.about}) is not known; "
            f"give it with --data {name}=PATH, or under [data] in sonoplan.toml"
        )
        return told + (f"; sonoplan data {name} PATH --download gets it" if dataset.fetch else "")

    def _check_same(self, task: Task, name: str, now: DataFolder) -> None:
        for entry in self.indexes[task.stage.name].entries.values():
            before = entry.data
            if before and before["name"] == name and before["fingerprint"] != now.fingerprint:
                raise ConfigError(
                    f"dataset {name!r} is not what earlier results were made from: "
                    f"{now.path} has fingerprint {now.fingerprint}, {before['path']} had "
                    f"{before['fingerprint']}. Point --data {name}=PATH to the earlier data, keep "
                    "both apart with --results PATH or --tag NAME, or remove what was made from "
                    f"it: sonoplan {self.experiment.name} "
                    f"-s {task.stage.data}={name} -R {task.stage.name}"
                )

    def _lookup(self, setting: Setting, kind: str, condition: Condition) -> bool:
        words = [
            str(wanted.value) if isinstance(wanted, Exactly) else wanted.written
            for wanted in condition.wanted
        ]
        if condition.operator not in ("=", "!="):
            raise SelectorError(f"{kind} can be compared with = and != only")
        if kind == "id" and not all(words):
            raise SelectorError("id is compared with nothing; give how it begins: id=3f2a")
        if kind == "id":
            ids = [task.id for task in self.maker.tasks(setting).values()]
            found = any(task_id.startswith(word) for task_id in ids for word in words)
        else:
            found = self.state_of(setting) in [_read_state(word) for word in words]
        return found == (condition.operator == "=")


def summed(states: Counter[State]) -> State:
    """Sum up several tasks' states in one word."""
    return next((state for state in _WORST_FIRST if states[state]), "done")


def _read_state(word: str) -> str:
    plain = {state.replace(" ", ""): state for state in STATES}
    key = word.replace(" ", "").replace("-", "").replace("_", "").lower()
    if key not in plain:
        raise SelectorError(f"no state is {word!r}; {suggest(word, plain)}")
    return plain[key]
