"""What one call asks of an experiment."""

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path

from core.errors import SelectorError
from launch.compute import Wishes
from launch.flags import words_of
from launch.wishes import TableWishes


class Request(argparse.Namespace):
    """The parsed command line; see launch.arguments for what each flag means.

    `words` is what was typed after `sonoplan`.
    """

    words: Sequence[str]
    experiment: str | None
    version: bool
    select: str | None
    set: Sequence[str]
    search: int | None
    search_by: str | None
    metric: str | None
    search_seed: int
    search_batch: int | None
    information: bool
    plan: bool
    list: bool
    files: bool
    status: bool
    watch: bool
    log: str | None
    follow: bool
    display: str | None
    export: str | None
    sheet: str | None
    figure: str | None
    published: bool
    cells: str
    test: str
    alpha: float
    dpi: int
    order: str
    best_by: str | None
    per: str
    sort: str | None
    rank: str | None
    why: str | None
    json: bool
    compute: int | None
    jobs: int | None
    gpus: str | None
    jobs_per_gpu: int
    detached: bool
    fail_fast: bool
    skip: bool
    retry: str | None
    slurm: str | None
    parallel: int | None
    pack: int
    job: str | None
    cancel: str | None
    hold: str | None
    release: str | None
    dry_run: bool
    progress: str
    remove: str | None
    keep: bool
    archive: str | None
    compact: str | None
    yes: bool
    results: str | None
    tag: str | None
    data: Sequence[str]

    @property
    def computes(self) -> bool:
        """Tell whether tasks are to be computed."""
        return self.compute is not None or self.retry is not None

    @property
    def selector(self) -> str | None:
        """The selector, whichever flag it was given with."""
        if "" in (self.cancel, self.hold, self.release):
            raise SelectorError("--cancel, --hold and --release need a selector, as PLAN/")
        given = [self.select, self.retry, self.cancel, self.hold, self.release]
        written = [selector for selector in given if selector]
        if len(written) > 1:
            raise SelectorError(f"one selector at a time, not {' and '.join(map(repr, written))}")
        return written[0] if written else None

    @property
    def controls(self) -> bool:
        """Tell whether jobs in Slurm's queue are to be cancelled, held or released."""
        return any(asked is not None for asked in (self.cancel, self.hold, self.release))

    @property
    def table_file(self) -> str | None:
        """The name of the table's file; beside a sheet or a figure, -e names that one's."""
        return self.export if self.sheet is None and self.figure is None else None

    @property
    def reports(self) -> bool:
        """Tell whether the table's file is a report: `report.html`, or `NAME-report.html`."""
        path = Path(self.table_file or "")
        return path.stem.endswith("report") and path.suffix.lower() == ".html"

    @property
    def written(self) -> str:
        """The whole command, as it can be pasted."""
        return shlex.join(["sonoplan", *self.words])

    @property
    def again(self) -> Sequence[str]:
        """The words that select the same settings of the same results in another call."""
        given = {"-s": self.selector, "--results": self.results, "--tag": self.tag}
        words = [word for flag, value in given.items() if value for word in (flag, value)]
        changes = [word for change in self.set for word in ("--set", change)]
        return [self.experiment or "", *words, *changes, *self._search]

    @property
    def _search(self) -> Sequence[str]:
        """The words that draw the same settings."""
        given = {
            "--search": self.search,
            "--search-by": self.search_by,
            "--metric": self.metric,
            "--search-seed": self.search_seed or None,
            "--search-batch": self.search_batch,
        }
        return [word for flag, v in given.items() if v is not None for word in (flag, str(v))]

    @property
    def draws(self) -> bool:
        """Tell whether a table is wanted."""
        asked = (self.display, self.table_file, self.rank, self.why)
        return any(flag is not None for flag in asked)

    @property
    def tidies(self) -> bool:
        """Tell whether records are to be removed, copied or folded."""
        asked = (self.remove, self.archive, self.compact)
        return self.keep or any(flag is not None for flag in asked)

    @property
    def idle(self) -> bool:
        """Tell whether nothing was asked for: then the experiment is described."""
        looks = self.plan or self.list or self.files
        return not (looks or self.computes or self.shows or self.tidies)

    @property
    def shows(self) -> bool:
        """Tell whether it is to be shown what became of settings."""
        writes = self.draws or self.sheet is not None or self.figure is not None
        return writes or self.status or self.watch

    def wishes(self, interactive: bool) -> Wishes:
        """Gather what concerns a run."""
        auto = self.progress == "auto"
        return Wishes(
            jobs=self.jobs or self.compute or None,
            gpus=words_of(self.gpus) if self.gpus is not None else None,
            jobs_per_gpu=self.jobs_per_gpu,
            fail_fast=self.fail_fast,
            skip_failed=self.skip,
            only_failed=self.retry is not None,
            bar=interactive if auto else self.progress in ("d", "ds"),
            lines=not interactive if auto else self.progress in ("s", "ds"),
        )

    @property
    def table(self) -> TableWishes:
        """Gather what concerns a table."""
        return TableWishes(
            columns=self.display or "",
            order=words_of(self.order),
            published=self.published,
            cells=self.cells,
            test=self.test,
            alpha=self.alpha,
            best_by=self.best_by,
            per=words_of(self.per),
            sort=self.sort,
        )
