"""What was computed of a plan too large to be looked at setting by setting."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from core.listed import Listed
from core.selection import Selection
from core.selector import Condition
from core.setting import Setting
from core.space import Space
from core.traces import Traces
from launch.terminal import Terminal

if TYPE_CHECKING:
    from launch.workspace import Workspace

LARGE = 100_000
# Settings in these states have left a record, or a failure, by which they are found.
LEAVES_TRACE = ("done", "failed")


def by_state(workspace: "Workspace", selection: Selection) -> Selection:
    """Look up settings that are `state=done` or failed by their records, in a large selection."""
    asks = selection.special
    if not asks or not all(map(_leaves_trace, asks)) or not _large(selection):
        return selection
    stages = [stage.name for stage in workspace.experiment.stages]
    found = _found(workspace, selection, stages)
    kept = tuple(setting for setting in found.settings if selection.picks(setting))
    return Listed(selection.selector, selection.parts, selection.lookup, kept)


def computed(workspace: "Workspace", selection: Selection, terminal: Terminal) -> Selection:
    """Leave out of a large selection what has not been computed: nobody could look at it."""
    if isinstance(selection, Listed) or not _large(selection):
        return selection
    found = _found(workspace, selection, _judged(workspace))
    count = Space(selection, ()).count
    terminal.note(f"of {count} settings, the {len(found)} that were computed are shown")
    return found


def everything(workspace: "Workspace") -> Iterator[Setting]:
    """Give the settings of the plans, as they are for this call and as declared.

    Of very many, those that were computed.
    """
    for experiment in (workspace.experiment, workspace.declared):
        selection = experiment.select()
        large = _large(selection)
        yield from _found(workspace, selection, _judged(workspace)) if large else selection


def _judged(workspace: "Workspace") -> Iterable[str]:
    """Name the stages that metrics read."""
    return dict.fromkeys(metric.stage for metric in workspace.experiment.metrics)


def _large(selection: Selection) -> bool:
    return Space(selection, ()).count > LARGE


def _found(workspace: "Workspace", selection: Selection, stages: Iterable[str]) -> Listed:
    space = Space(selection, frozenset(workspace.experiment.replicates))
    traces = Traces(workspace.store.folder, workspace.maker, space)
    settings = traces.settings(workspace.indexes, stages)
    return Listed(selection.selector, selection.parts, selection.lookup, tuple(settings))


def _leaves_trace(asked: Condition) -> bool:
    words = [str(wanted).lower() for wanted in asked.wanted]
    return asked.factor == "state" and asked.operator == "=" and set(words) <= {*LEAVES_TRACE}
