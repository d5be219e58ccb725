"""The records of the selected settings that are finished; of the others it is said why not."""

from collections import Counter
from collections.abc import Mapping, Sequence

from core.errors import ConfigError
from core.record import Record
from core.selection import Selection
from core.setting import Setting
from core.task import Task
from launch.terminal import Terminal
from launch.workspace import Workspace


def finished(
    workspace: Workspace,
    selection: Selection,
    stages: Sequence[str],
    wanted: str,
    terminal: Terminal,
) -> list[tuple[Setting, Mapping[str, Record]]]:
    """Open the records of some stages, of each setting that has them all; a shared one once.

    The settings left out are counted by what became of them. Raises ConfigError, which says what
    is `wanted`, where no selected setting has the records.
    """
    tasks = workspace.tasks(selection)
    status = workspace.status(tasks)
    opened: dict[str, Record] = {}
    found: list[tuple[Setting, Mapping[str, Record]]] = []
    left_out: Counter[str] = Counter()
    for setting, by_stage in tasks.by_setting:
        read = {name: by_stage[name] for name in stages if name in by_stage}
        if len(read) == len(stages) and {*map(status.of, read.values())} <= {"done"}:
            records = {
                name: opened.setdefault(task.id, workspace.store.record(task))
                for name, task in read.items()
            }
            found.append((setting, records))
        else:
            left_out[_standing(workspace, setting, read, stages)] += 1
    told = ", ".join(f"{count} {state}" for state, count in left_out.items())
    if not found:
        raise ConfigError(
            f"{wanted}: none of the {len(tasks.by_setting)} selected settings is done "
            f"({told or 'none is selected'}); compute them with -c"
        )
    if left_out:
        terminal.note(f"{left_out.total()} of {len(tasks.by_setting)} settings left out: {told}")
    return found


def _standing(
    workspace: Workspace, setting: Setting, read: Mapping[str, Task], stages: Sequence[str]
) -> str:
    absent = [name for name in stages if name not in read]
    return f"without {absent[0]}" if absent else workspace.state_of(setting)
