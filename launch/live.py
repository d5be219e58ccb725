"""The action --watch: a table that follows the tasks until nothing runs or waits any more."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from time import sleep, strftime

from rich.console import Group, RenderableType
from rich.live import Live

from core.status import STATES, Left
from core.task import Tasks
from launch.headed import headed
from launch.state import Scene, counts_table, left_told, scene, trouble_told, waits_told
from launch.terminal import Terminal
from launch.workspace import Workspace

LOOK_SECONDS = 2.0
# More running tasks than these would push the counts off the screen.
SHOWN = 20


def watch(workspace: Workspace, tasks: Tasks, terminal: Terminal) -> int:
    """Show counts, running tasks and what is left, every two seconds; Ctrl-C ends the watching.

    Gives the exit status: 1 where tasks have failed. Without a terminal, each change is a line.
    """
    live = _live(terminal) if terminal.out.is_terminal else None
    context: AbstractContextManager[object] = live or nullcontext()
    before = seen = None
    try:
        with context:
            for seen in scenes(workspace, tasks):
                if live is not None:
                    live.update(draw(seen), refresh=True)
                else:
                    for line in changes(before, seen):
                        terminal.line(f"{strftime('%H:%M:%S')} {line}")
                before = seen
    except KeyboardInterrupt:
        terminal.note("no longer watched; what runs and what waits goes on")
        return 0
    return _conclude(workspace, seen, terminal)


def scenes(workspace: Workspace, tasks: Tasks) -> Iterator[Scene]:
    """Look again and again, until nothing is under way at two looks in a row.

    Between two tasks of a run on this machine nothing runs for a moment.
    """
    idle = 0
    while True:
        seen = scene(workspace, tasks)
        yield seen
        idle = 0 if seen.under_way else idle + 1
        if idle == 2 or seen.left == Left():
            return
        sleep(LOOK_SECONDS)
        workspace.refresh()


def draw(seen: Scene) -> RenderableType:
    """Lay out one look."""
    running = headed("running", "id", "where", "done", "", "time left")
    for one in seen.running[:SHOWN]:
        left = one.time_left.removesuffix(" left")
        name = (one.task.name, one.task.id[:8])
        running.add_row(*name, one.where, one.progress, one.figures, left)
    parts: list[RenderableType] = [counts_table(seen)]
    if seen.running:
        parts.append(running)
    if len(seen.running) > SHOWN:
        parts.append(f"and {len(seen.running) - SHOWN} more")
    if seen.count("failed"):
        parts.append(f"{seen.count('failed')} failed")
    if seen.waits:
        parts.append(waits_told(seen))
    parts.append(left_told(seen.left))
    if seen.trouble:
        parts.append(trouble_told(seen))
    return Group(*parts)


def changes(before: Scene | None, now: Scene) -> list[str]:
    """Say what is new since the look before."""
    lines = [
        f"{stage}: " + ", ".join(f"{count[state]} {state}" for state in STATES if count[state])
        for stage, count in now.counts.items()
        if before is None or before.counts[stage] != count
    ]
    if now.trouble and (before is None or before.trouble != now.trouble):
        lines.append(trouble_told(now))
    return lines


def _live(terminal: Terminal) -> Live:
    return Live(
        console=terminal.out, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
    )


def _conclude(workspace: Workspace, seen: Scene | None, terminal: Terminal) -> int:
    terminal.note("nothing runs and nothing waits any more")
    failed = seen.count("failed") if seen is not None else 0
    if failed:
        name = workspace.experiment.name
        terminal.note(f"{failed} tasks failed: sonoplan {name} -s state=failed -f lists them")
    return 1 if failed else 0
