"""A search: settings drawn from a selection and computed by whatever runs the others."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from core.errors import ConfigError
from core.listed import Listed
from core.metric import Metric
from core.positions import shuffled
from core.selection import Selection
from core.setting import Setting
from core.space import Space
from launch.compute import INTERRUPTED
from launch.sweep import tree
from launch.sweep.history import History, Tried
from launch.sweep.wishes import TPE, SearchWishes, metric_of
from launch.terminal import Terminal
from launch.workspace import Workspace

Run = Callable[[Selection], int]
"""Computes the settings of a selection, to their end; gives the exit status."""


@dataclass
class Search:
    """Draws points from what a selector picks; all that it knows is in the records.

    By chance the seed alone decides, so that the same call draws the same points, and one for more
    draws these first. By TPE, points are drawn in batches: each is drawn from what the whole
    batches before it have found, so that a call that was stopped draws its last batch again.
    """

    workspace: Workspace
    selection: Selection
    wishes: SearchWishes
    metric: Metric = field(init=False)
    space: Space = field(init=False)

    def __post_init__(self) -> None:
        self.metric = metric_of(self.workspace.experiment, self.wishes)
        if self.guided:
            tree.check_installed()
        if self.selection.special:
            raise ConfigError("--search draws whatever became of a setting: leave out state and id")
        self.space = Space(self.selection, frozenset(self.workspace.experiment.replicates))

    @property
    def number(self) -> int:
        """How many points there will be."""
        return min(self.wishes.number, self.space.count)

    @property
    def guided(self) -> bool:
        """Whether results guide it."""
        return self.wishes.by == TPE

    @cached_property
    def history(self) -> History:
        """What the records say."""
        return History(self.workspace, self.space, self.metric)

    def drawn(self) -> Listed:
        """Give the settings drawn so far: by chance all there will be."""
        return self._listed(self.points())

    def points(self) -> list[Setting]:
        """Give the points drawn so far: by TPE those that were tried, or are being tried."""
        if self.guided:
            tried = self.history.tried()
            begun = filter(self.history.under_way, self.next_batch(tried))
            return [*(one.point for one in tried), *begun]
        positions = shuffled(self.space.count, self.wishes.seed)
        distinct = _distinct(map(self.space.at, positions))
        return list(islice(distinct, self.number))

    def compute(
        self, run: Run, terminal: Terminal, once: bool = False, fail_fast: bool = False
    ) -> int:
        """Draw and compute what is missing; gives the exit status.

        `once` runs what would be drawn next, and nothing after it.
        """
        if not self.guided:
            return run(self.drawn())
        status = 0
        while batch := self.next_batch(tried := self.history.tried()):
            terminal.note(self._told(len(tried), len(batch)))
            status = max(status, run(self._listed(batch)))
            if once or status == INTERRUPTED or (fail_fast and status):
                return status
            self.workspace.refresh()
            if not self.history.of(batch):
                terminal.warn("no setting of this batch came to its end; the search stops here")
                return max(status, 1)
        return status

    def next_batch(self, tried: Sequence[Tried]) -> list[Setting]:
        """Draw the points to be computed next by TPE; empty when enough were tried."""
        missing = self.number - len(tried)
        if missing <= 0:
            return []
        known = {one.point for one in tried}
        size = self.wishes.batch
        whole = tried[: len(tried) // size * size]
        rising = bool(self.metric.higher_is_better)
        proposed = tree.propose(
            self.space, whole, rising, self.wishes.seed, takes=self.history.judges
        )
        batch = [point for point in islice(proposed, size) if point not in known]
        return batch[:missing]

    def _listed(self, points: Sequence[Setting]) -> Listed:
        settings = tuple(s for point in points for s in self.space.replicated(point))
        return Listed(self.selection.selector, self.selection.parts, None, settings)

    def _told(self, known: int, drawn: int) -> str:
        first, last = known + 1, known + drawn
        numbers = f"setting {first}" if first == last else f"settings {first} to {last}"
        return f"{numbers} of {self.number}, drawn by {self.wishes.by}"


def best(tried: Sequence[Tried], metric: Metric) -> Tried | None:
    """Choose the point with the best value, where any has one."""
    pick = max if metric.higher_is_better else min
    return pick((one for one in tried if not one.failed), key=lambda one: one.value, default=None)


def _distinct(points: Iterator[Setting]) -> Iterator[Setting]:
    seen: set[Setting] = set()
    for point in points:
        if point not in seen:
            seen.add(point)
            yield point
