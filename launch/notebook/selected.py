"""Selected settings in Python: what became of them, and all that is made of their records."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from core.errors import UnknownName
from core.record import Record
from core.selection import Selection
from core.setting import Setting
from core.status import State
from launch import figures, tables
from launch.compute import INTERRUPTED, Wishes, compute
from launch.finished import finished
from launch.flags import words_of
from launch.notebook.shown import ShownFigure, ShownTable
from launch.terminal import Terminal
from launch.wishes import TableWishes
from launch.workspace import Workspace

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Array: TypeAlias = np.ndarray[Any, Any]

Words: TypeAlias = str | Sequence[str]
# Of a larger selection it is not said by itself how each setting stands.
MOST_COUNTED = 10_000


class Selected:
    """Settings of an experiment; iterating gives them in the order of the plans.

    Each call looks at the results anew, so that what another process computes is seen. With
    `state=` in the selector, so does the selection.
    """

    def __init__(self, workspace: Workspace, selection: Selection) -> None:
        self._workspace = workspace
        self._selection = selection

    def __iter__(self) -> Iterator[Setting]:
        return iter(self._selection)

    def __len__(self) -> int:
        return len(self._selection)

    def __repr__(self) -> str:
        count = len(self)
        told = f"{self._selection.explain()}\n{count} setting{'s' * (count != 1)}"
        if not 0 < count <= MOST_COUNTED:
            return told
        return f"{told}: " + ", ".join(f"{n} {state}" for state, n in self.states.items())

    @property
    def states(self) -> Counter[State]:
        """Count the settings that are done, failed, running, to do and so on."""
        self._workspace.refresh()
        return Counter(map(self._workspace.state_of, self))

    def table(
        self,
        metrics: Words = "",
        *,
        published: bool = False,
        cells: str = "mean±std",
        test: str = "t",
        alpha: float = 0.05,
        best_by: str | None = None,
        per: Words = (),
        sort: str | None = None,
        order: Words = (),
    ) -> ShownTable:
        """Make a table of some metrics, or of all, over the replicates of each setting.

        `metrics` is what `-d` takes (`"Sc,Se"`, and with factors as columns `"Sc:lr"`), or a list
        of names; the rest are the flags of the command line, `per` and `order` as `"lr,batch_size"`
        or as lists. What is not computed yet is marked.

        Raises UnknownName for a metric, factor, test or summary that there is not, ConfigError for
        what cannot go together, SelectorError where nothing is selected.
        """
        columns = metrics if isinstance(metrics, str) else ",".join(metrics)
        wishes = TableWishes(
            columns, _words(order), published, cells, test, alpha, best_by, _words(per), sort
        )
        workspace = self._fresh()
        tables.check(workspace.experiment, wishes, None)
        value = tables.make(workspace, self._selection, wishes, terminal())
        workspace.save()
        return ShownTable(value, workspace, self._selection)

    def runs(self, metrics: Words = "") -> "pd.DataFrame":
        """Give a row for each run: its factors, its metrics, and where its record came from.

        Columns are the factors that vary, the replicates, the metrics in the unit of the tables
        (NaN where there is none), then `state`, and `id`, `commit` ("… and changes" where not all
        was committed), `host` and `finished` of the last task. `attrs` has the other factors as
        `constants`, and the metrics' `units`.

        Raises UnknownName for a metric that there is not.
        """
        from launch.notebook.runs import frame_of_runs

        workspace = self._fresh()
        asked = _words(metrics)
        read = [workspace.experiment.metric(name) for name in asked]
        read = read or [*workspace.experiment.metrics]
        frame = frame_of_runs(workspace, self._selection, read, terminal().warn)
        workspace.save()
        return frame

    def records(self, stage: str) -> dict[Setting, Record]:
        """Give a stage's record for each setting that has it; of the others it is said why not.

        Settings that share a task share its record. Raises UnknownName for a stage that there is
        not, ConfigError where no setting has a record of it.
        """
        workspace = self._fresh()
        known = dict.fromkeys(name for s in self for name in workspace.maker.tasks(s))
        if known and stage not in known:
            raise UnknownName("stage of these settings", stage, known)
        found = finished(workspace, self._selection, [stage], f"no record of {stage}", terminal())
        return {setting: records[stage] for setting, records in found}

    def arrays(self, stage: str, name: str) -> "dict[Setting, Array]":
        """Give an array of a stage's records for each setting; large ones are memory-mapped.

        Raises what `records` does, and UnknownName where no record has such an array; settings
        whose records have others only are left out.
        """
        records = self.records(stage)
        distinct = {record.id: record for record in records.values()}
        known = dict.fromkeys(name for record in distinct.values() for name in record.arrays)
        if name not in known:
            raise UnknownName(f"array of stage {stage!r}", name, known)
        read = {key: record[name] for key, record in distinct.items() if name in record.arrays}
        return {setting: read[r.id] for setting, r in records.items() if r.id in read}

    def figure(self, written: str) -> ShownFigure:
        """Draw a figure, asked for as `--figure` is: `"curve:loss"`, `"confusion"`, `"box:Sc"`.

        Raises UnknownName for a figure, metric, factor or curve that there is not, ConfigError
        where there is nothing to draw.
        """
        workspace = self._fresh()
        figure = figures.make(workspace, self._selection, written, terminal())
        workspace.save()
        return ShownFigure(figure, written, workspace)

    def compute(
        self,
        jobs: int | None = None,
        *,
        gpus: Sequence[int | str] | None = None,
        fail_fast: bool = False,
    ) -> "Selected":
        """Compute what is not done, in processes of their own, and give this selection.

        By default there are as many `jobs` at once as the machine holds. Failures are told below
        the progress and leave the rest to go on; `states` counts them. An interrupt keeps what is
        finished. In a script, call it under `if __name__ == "__main__":`, for the processes import
        that file too.

        Raises ConfigError where a dataset's folder is not known or is not what it was.
        """
        writer = terminal()
        workspace = self._fresh()
        wishes = Wishes(
            jobs=jobs,
            gpus=None if gpus is None else [*map(str, gpus)],
            fail_fast=fail_fast,
            bar=writer.redraws,
            lines=not writer.redraws,
            apart=True,
        )
        status = compute(workspace, workspace.tasks(self._selection), wishes, writer)
        workspace.save()
        if status == INTERRUPTED:
            raise KeyboardInterrupt  # the cells below were not meant to run on half of it
        return self

    def _fresh(self) -> Workspace:
        self._workspace.refresh()
        return self._workspace


def terminal() -> Terminal:
    """Give what notes are written to: below the cell in a notebook, else the terminal."""
    writer = Terminal()
    if not writer.err.is_jupyter:
        return writer
    from launch.notebook.cell import CellTerminal  # IPython is there where a notebook is

    return CellTerminal()


def _words(given: Words) -> list[str]:
    return words_of(given) if isinstance(given, str) else [*given]
