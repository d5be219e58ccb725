"""Which settings were computed, read from the records: those of a large plan are not looked at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

from core.errors import RecordError
from core.index import Index
from core.record import read_meta
from core.setting import Setting
from core.space import Space
from core.task import TaskMaker, stage_of
from core.values import Modality

# A task that more points share, the preparation of a dataset for instance, tells of none of them.
BROAD = 1000

Meta = Mapping[str, Any]


@dataclass
class Traces:
    """What the records and the failures in a folder of results say of the settings of a space."""

    folder: Path
    maker: TaskMaker
    space: Space
    _read: dict[tuple[str, str], Meta | None] = field(default_factory=dict, repr=False)
    _known: dict[str, list[Setting]] = field(default_factory=dict, repr=False)

    def settings(self, indexes: Mapping[str, Index], stages: Iterable[str]) -> list[Setting]:
        """Find the settings of which one of `stages` is done, or any stage has failed."""
        found: dict[Setting, None] = {}
        for stage in stages:
            for task_id in indexes[stage].scan.done:
                if task_id not in self._known:  # a record does not change
                    record = self._record(stage, task_id)
                    self._known[task_id] = self._settings(task_id, record)
                found |= dict.fromkeys(self._known[task_id])
        for index in indexes.values():
            for task_id, work in index.scan.work.items():
                found |= dict.fromkeys(self._settings(task_id, work.failure()))
        return list(found)

    def _settings(self, task_id: str, meta: Meta | None) -> list[Setting]:
        """Find the settings that have a task."""
        values = self._values(meta)
        if not values or self.space.matching(values) > BROAD:
            return []
        # By its id: another version of the code may have made the record.
        return [
            setting
            for setting in self.space.settings(values)
            if any(task.id == task_id for task in self.maker.tasks(setting).values())
        ]

    def _values(self, meta: Meta | None) -> dict[str, Modality]:
        """Gather the factors of a task and of what it needs."""
        if meta is None:
            return {}
        setting, needs = meta.get("setting"), meta.get("needs", {})
        if not (_is_setting(setting) and isinstance(needs, dict)):
            return {}  # a damaged failure tells of no setting
        values: dict[str, Modality] = dict(setting)
        for name, task_id in needs.items():
            values |= self._values(self._record(stage_of(name), task_id))
        return values

    def _record(self, stage: str, task_id: str) -> Meta | None:
        key = (stage, task_id)
        if key not in self._read:
            try:
                meta = read_meta(self.folder / stage / task_id)
                # The rest, of a hundred thousand records, would fill the memory.
                self._read[key] = {n: meta[n] for n in ("setting", "needs") if n in meta}
            except RecordError:
                return None  # damaged or removed: it says nothing
        return self._read[key]


def _is_setting(found: object) -> TypeGuard[Mapping[str, Modality]]:
    return isinstance(found, dict) and all(isinstance(m, Modality) for m in found.values())
