"""What one call asks for, and carrying it out action by action."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from core.errors import ConfigError, SelectorError, UnknownName
from core.experiment import Experiment
from core.selection import Selection
from launch import experiments, failures, housekeeping, listing, sheets, state, tables
from launch.arguments import parser
from launch.compute import INTERRUPTED, Wishes, compute, dry_run
from launch.config import Config, load
from launch.terminal import Terminal
from launch.workspace import Workspace


class Request(argparse.Namespace):
    """The parsed command line; see launch.arguments for what each flag means."""

    experiment: str | None
    select: str | None
    set: Sequence[str]
    information: bool
    plan: bool
    list: bool
    files: bool
    status: bool
    log: str | None
    display: str | None
    export: str | None
    sheet: str | None
    published: bool
    order: str
    json: bool
    compute: int | None
    jobs: int | None
    gpus: str | None
    jobs_per_gpu: int
    detached: bool
    fail_fast: bool
    skip: bool
    retry: bool
    dry_run: bool
    progress: str
    remove: str | None
    keep: bool
    archive: str | None
    yes: bool
    results: str | None
    tag: str | None
    data: Sequence[str]

    @property
    def computes(self) -> bool:
        """Tell whether tasks are to be computed."""
        return self.compute is not None or self.retry

    @property
    def table_file(self) -> str | None:
        """The name of the table's file; beside a sheet, -e names the sheet's."""
        return self.export if self.sheet is None else None

    @property
    def draws(self) -> bool:
        """Tell whether a table is wanted."""
        return self.display is not None or self.table_file is not None

    @property
    def tidies(self) -> bool:
        """Tell whether records are to be removed or copied."""
        return self.remove is not None or self.keep or self.archive is not None

    @property
    def idle(self) -> bool:
        """Tell whether nothing was asked for: then the experiment is described."""
        looks = self.plan or self.list or self.files or self.status
        writes = self.draws or self.sheet is not None
        return not (looks or self.computes or writes or self.tidies)

    def wishes(self, interactive: bool) -> Wishes:
        """Gather what concerns a run."""
        auto = self.progress == "auto"
        return Wishes(
            jobs=self.jobs or self.compute or None,
            gpus=self.gpus.split(",") if self.gpus is not None else None,
            jobs_per_gpu=self.jobs_per_gpu,
            fail_fast=self.fail_fast,
            skip_failed=self.skip,
            only_failed=self.retry,
            bar=interactive if auto else self.progress in ("d", "ds"),
            lines=not interactive if auto else self.progress in ("s", "ds"),
        )


def carry_out(words: Sequence[str], terminal: Terminal) -> int:
    """Do what a call asks of an experiment, looking first, then computing, then drawing."""
    request = parser().parse_args(words, namespace=Request())
    if request.experiment is None:
        return _list_experiments(terminal)
    declared = experiments.find(request.experiment)
    changes = dict(map(_assignment, request.set))
    experiment = declared.with_modalities(changes) if changes else declared
    workspace = Workspace(experiment, _config(request, experiment), declared)
    try:
        return _act(request, workspace, terminal)
    finally:
        workspace.save()


def _act(request: Request, workspace: Workspace, terminal: Terminal) -> int:
    if request.log is not None:
        failures.show_log(workspace, request.log, terminal)
        return 0
    selection = workspace.select(request.select)
    if _asks_results(request.select) and not selection:
        return _nothing(request, terminal)
    if request.draws:
        tables.check(workspace.experiment, request.display or "", request.table_file)
    if request.sheet is not None:
        sheets.check(workspace.experiment, request.sheet, request.export)
    _look(request, workspace, selection, terminal)
    if request.tidies:
        return _tidy(request, workspace, selection, terminal)
    exit_status = 0
    if request.computes:
        exit_status = _compute(request, workspace, selection, terminal)
    if exit_status != INTERRUPTED:
        _show(request, workspace, selection, terminal)
    return exit_status


def _look(request: Request, workspace: Workspace, selection: Selection, terminal: Terminal) -> None:
    """Show what does not depend on what is computed now."""
    if request.information or request.idle:
        listing.information(workspace.experiment, terminal)
    if request.plan:
        listing.show_plans(selection, terminal)
    if request.list and not request.json:
        listing.show_settings(workspace, selection, _words(request.order), terminal)
    if request.files:
        listing.show_files(workspace, selection, terminal)


def _compute(
    request: Request, workspace: Workspace, selection: Selection, terminal: Terminal
) -> int:
    wishes = request.wishes(terminal.err.is_terminal)
    tasks = workspace.tasks(selection)
    if request.dry_run:
        dry_run(workspace, tasks, wishes, terminal)
        return 0
    return compute(workspace, tasks, wishes, terminal)


def _show(request: Request, workspace: Workspace, selection: Selection, terminal: Terminal) -> None:
    """Show what is known now: status and table, or both and the list as one JSON document."""
    document: dict[str, object] = {}
    if request.json and request.list:
        document["settings"] = listing.settings_document(workspace, selection)
    if request.status and request.json:
        document["status"] = state.status_document(workspace, workspace.tasks(selection))
    elif request.status:
        state.show_status(workspace, workspace.tasks(selection), terminal)
    if request.draws:
        table = tables.make(
            workspace,
            selection,
            metrics=request.display or "",
            order=_words(request.order),
            published=request.published,
            terminal=terminal,
        )
        if request.json:
            document["table"] = tables.document(table)
        elif request.display is not None:
            tables.show(table, terminal)
        if request.table_file is not None:
            path = tables.export(table, workspace, request.table_file)
            (terminal.note if request.json else terminal.line)(str(path))
    if request.sheet is not None:
        path = sheets.write(workspace, selection, request.sheet, request.export or "", terminal)
        (terminal.note if request.json else terminal.line)(str(path))
    if request.json:
        terminal.document(document)


def _tidy(request: Request, workspace: Workspace, selection: Selection, terminal: Terminal) -> int:
    if (request.remove is not None or request.keep) and not request.select:
        raise SelectorError("-R and -K need a selector: say with -s which settings are meant")
    tasks = workspace.tasks(selection)
    if request.archive is not None:
        target = Path(request.archive).expanduser().resolve()
        housekeeping.archive(workspace, tasks, target, terminal)
    if request.remove is not None:
        return housekeeping.remove(workspace, tasks, request.remove, request.yes, terminal)
    if request.keep:
        return housekeeping.keep(workspace, tasks, request.yes, terminal)
    return 0


def _list_experiments(terminal: Terminal) -> int:
    for name in experiments.names():
        terminal.line(f"{name}: {experiments.find(name).purpose}")
    terminal.note("what one is: sonoplan EXPERIMENT -i; all flags: sonoplan --help")
    return 0


def _config(request: Request, experiment: Experiment) -> Config:
    for pair in request.data:
        name = pair.partition("=")[0]
        if name not in experiment.data:
            raise UnknownName("dataset", name, experiment.data)
    return load(request.results, request.data, request.tag)


def _assignment(written: str) -> tuple[str, list[str]]:
    name, equals, values = written.partition("=")
    words = [word.strip() for word in values.split(",")]
    if not (equals and name.strip() and all(words)):
        raise ConfigError(f"--set {written!r}: write --set FACTOR=A,B")
    return name.strip(), words


def _asks_results(selector: str | None) -> bool:
    return selector is not None and ("id" in selector or "state" in selector)


def _nothing(request: Request, terminal: Terminal) -> int:
    terminal.note(f"no setting is selected by {request.select!r}")
    return 2 if "id" in (request.select or "") else 0


def _words(written: str) -> list[str]:
    return [word.strip() for word in written.split(",") if word.strip()]
