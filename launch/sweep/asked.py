"""From the command line to a search, and from its end to what is told."""

import shlex

from core.contrast import varying
from core.errors import ConfigError
from core.metric import Metric
from core.selection import Selection
from core.setting import Setting
from launch.compute import at_once
from launch.request import Request
from launch.sweep.history import Tried
from launch.sweep.search import Search, best
from launch.sweep.wishes import RANDOM, SearchWishes
from launch.terminal import Terminal
from launch.workspace import Workspace

# Settings that are drawn at a time on a cluster, where nothing says how many run at once.
CLUSTER_BATCH = 8


def search_of(
    request: Request, workspace: Workspace, selection: Selection, terminal: Terminal
) -> Search | None:
    """Make the search that a call asks for; raises ConfigError for flags of one without it."""
    if request.search is None:
        if request.search_by or request.metric or request.search_batch:
            raise ConfigError("--search N says how many settings the search draws: give it too")
        return None
    wishes = SearchWishes(
        number=request.search,
        by=request.search_by or RANDOM,
        metric=request.metric,
        seed=request.search_seed,
        batch=request.search_batch or _batch(request, workspace, selection),
    )
    search = Search(workspace, selection, wishes)
    if search.space.count < wishes.number:
        terminal.note(
            f"the selector picks {search.space.count} settings, fewer than {wishes.number}: all of "
            "them are drawn"
        )
    return search


def tell(search: Search, request: Request, terminal: Terminal) -> None:
    """Say what was found so far, and which commands show it."""
    tried = search.history.of(search.points())
    found = best(tried, search.metric)
    failed = sum(one.failed for one in tried)
    counted = f"{len(tried)} of {search.number} settings tried"
    counted += f", {failed} without a value" if failed else ""
    if found is None:
        terminal.note(f"{counted}; no best yet")
        return
    terminal.note(f"{counted}; best {_told(found, [one.point for one in tried], search.metric)}")
    again = ["sonoplan", *request.again]
    name = search.metric.name
    terminal.note(f"all of them: {shlex.join([*again, '-d', '--sort', name])}")
    terminal.note(f"how it went: {shlex.join([*again, '--figure', f'best:{name}', '-e'])}")
    terminal.note(f"what matters: {shlex.join([*again, '--figure', f'importance:{name}', '-e'])}")


def _told(found: Tried, points: list[Setting], metric: Metric) -> str:
    names = varying(points)
    shown = Setting({name: found.point[name] for name in found.point if name in names})
    value = f"{found.value * metric.scale:.{metric.precision}f}"
    unit = f" {metric.shown_unit}" if metric.shown_unit else ""
    runs = f" (mean of {found.runs} runs)" if found.runs > 1 else ""
    return f"{metric.name} {value}{unit}{runs}: {shown if names else found.point}"


def _batch(request: Request, workspace: Workspace, selection: Selection) -> int:
    """As many settings as run at once."""
    if request.slurm is not None:
        return request.parallel or CLUSTER_BATCH
    some = next(iter(selection))
    stages = [task.stage for task in workspace.maker.tasks(some).values()]
    heaviest = max(stages, key=lambda s: (s.resources.gpus, s.resources.hours), default=None)
    return at_once(heaviest, request.wishes(interactive=False)) if heaviest else 1
