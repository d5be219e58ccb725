"""Shows a run: a live bar with the running tasks on a terminal, one line a task elsewhere."""

import time
from collections import Counter
from collections.abc import Sequence
from textwrap import shorten
from typing import TYPE_CHECKING

from core.execute import Outcome
from core.store import Store
from core.task import Task
from launch.running import figures, how_far
from launch.terminal import Terminal

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

# A run of thousands of short tasks says nothing of each on a plain stream.
WORTH_A_LINE_SECONDS = 1.0
LOOK_SECONDS = 0.5


class Watch:
    """Tells the terminal of tasks that start and end; `lines` and `bar` may be combined."""

    def __init__(
        self, terminal: Terminal, store: Store, tasks: Sequence[Task], bar: bool, lines: bool
    ) -> None:
        self._terminal = terminal
        self._store = store
        self._running: dict[Task, TaskID] = {}
        self._totals = Counter(task.stage.name for task in tasks)
        self._ended: Counter[str] = Counter()
        self._lines = lines
        self._looked = 0.0
        self._bar = _bar(terminal) if bar else None
        self._all = (
            self._bar.add_task("all tasks", total=len(tasks), said="") if self._bar else None
        )

    def __enter__(self) -> "Watch":
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def started(self, task: Task) -> None:
        """Show a task among those that run."""
        if self._bar is not None:
            name = f"  {task.name} {task.id[:6]}"
            self._running[task] = self._bar.add_task(name, total=None, said="")

    def ended(self, task: Task, outcome: Outcome) -> None:
        """Count a task that is done or failed; tell of it where lines are wanted or it is not."""
        if self._bar is not None and (shown := self._running.pop(task, None)) is not None:
            self._bar.remove_task(shown)
        if outcome.status in ("stopped", "killed"):
            then = "; it is tried once more, alone" if outcome.status == "killed" else ""
            self._terminal.note(f"{task.name} {task.id} {outcome.error}{then}")
            return
        self._ended[task.stage.name] += 1
        if self._bar is not None and self._all is not None:
            self._bar.advance(self._all)
        failed = outcome.status == "failed"
        if failed or (self._lines and outcome.seconds >= WORTH_A_LINE_SECONDS):
            count = f"{self._ended[task.stage.name]}/{self._totals[task.stage.name]}"
            # The whole message stands in the list of failures at the end.
            said = (
                shorten(f"failed: {outcome.error}", 120) if failed else f"{outcome.seconds:.1f} s"
            )
            self._terminal.note(f"{task.stage.name} {count} {task.id} {said}")

    def tick(self) -> None:
        """Read how far the running tasks say they are."""
        if self._bar is None or time.monotonic() - self._looked < LOOK_SECONDS:
            return
        self._looked = time.monotonic()
        for task, shown in self._running.items():
            if told := how_far(self._store, task):
                done, total = int(told["done"]), int(told["total"])
                self._bar.update(shown, completed=done, total=total, said=figures(told["shown"]))
        self._bar.refresh()


def _bar(terminal: Terminal) -> "Progress":
    # Only a run that shows a bar pays for it.
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    return terminal.progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[said]}"),
    )
