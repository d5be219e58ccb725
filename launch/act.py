"""Carries out what a call asks of an experiment, action by action."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core.errors import ConfigError, SelectorError
from core.experiment import Experiment
from core.folders import written_path
from core.provenance import installed_version
from core.selection import Selection
from core.task import Tasks
from launch import (
    experiments,
    figures,
    found,
    housekeeping,
    job_template,
    listing,
    live,
    logs,
    origins,
    rankings,
    sheets,
    state,
    tables,
)
from launch.arguments import parser
from launch.compute import INTERRUPTED, Wishes, compute, dry_run
from launch.config import Config, load
from launch.flags import words_of
from launch.request import Request
from launch.sweep import asked
from launch.sweep.search import Search
from launch.sweep.waiting import wait
from launch.target import check_resolution
from launch.terminal import Terminal
from launch.workspace import Workspace


def carry_out(words: Sequence[str], terminal: Terminal) -> int:
    """Do what a call asks of an experiment, looking first, then computing, then drawing."""
    request = parser().parse_args(words, namespace=Request(words=words))
    if request.version:
        terminal.line(f"sonoplan {installed_version()}")
        return 0
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
        logs.show_log(workspace, request.log, request.follow, terminal)
        return 0
    if request.slurm is not None and not request.computes:
        raise ConfigError("--slurm says where to compute: write it with -c or --retry")
    if request.follow:
        raise ConfigError("-F follows the log of a task: --log ID -F")
    selection = workspace.select(request.selector)
    if selection.special and not selection:
        return _nothing(request, selection, terminal)
    search = asked.search_of(request, workspace, selection, terminal)
    if search is not None:
        selection = search.drawn()
        if not selection and not request.computes:
            return _nothing(request, selection, terminal)
    if request.controls:
        return _control(request, workspace, selection, terminal)
    if request.figure == "":
        figures.list_kinds(workspace.experiment, terminal)
        return 0
    _check_files(request, workspace)
    if request.job is not None:
        return _write_jobs(request, workspace, selection, terminal)
    _look(request, workspace, selection, terminal)
    if request.tidies:
        return _tidy(request, workspace, selection, terminal)
    exit_status = 0
    if request.computes:
        exit_status = _compute_all(request, workspace, selection, search, terminal)
    if search is not None and request.computes and not request.dry_run:
        selection = search.drawn()
        asked.tell(search, request, terminal)
    if request.shows:
        selection = found.computed(workspace, selection, terminal)
    if request.watch and exit_status != INTERRUPTED:
        watched = live.watch(workspace, workspace.tasks(selection), terminal)
        exit_status = max(exit_status, watched)
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
        listing.show_settings(workspace, selection, words_of(request.order), terminal)
    if request.files:
        listing.show_files(workspace, selection, terminal)


def _compute_all(
    request: Request,
    workspace: Workspace,
    selection: Selection,
    search: Search | None,
    terminal: Terminal,
) -> int:
    """Compute what is selected, or what a search draws."""
    if search is None or request.retry is not None:
        return _compute(request, workspace, selection, terminal)

    def run(batch: Selection) -> int:
        status = _compute(request, workspace, batch, terminal)
        if request.slurm is None or request.dry_run or not search.guided:
            return status
        return status or wait(workspace, batch, terminal)

    return search.compute(run, terminal, once=request.dry_run, fail_fast=request.fail_fast)


def _compute(
    request: Request, workspace: Workspace, selection: Selection, terminal: Terminal
) -> int:
    wishes = request.wishes(terminal.err.is_terminal)
    tasks = workspace.tasks(selection)
    if request.slurm is not None:
        return _submit(request, workspace, tasks, wishes, terminal)
    if request.dry_run:
        dry_run(workspace, tasks, wishes, terminal)
        return 0
    return compute(workspace, tasks, wishes, terminal)


def _submit(
    request: Request, workspace: Workspace, tasks: Tasks, wishes: Wishes, terminal: Terminal
) -> int:
    from launch.slurm import dispatch, profile, submission  # submitit takes a tenth of a second

    if wishes.jobs is not None or wishes.gpus is not None:
        raise ConfigError(
            "--jobs and --gpus are this machine's; with --slurm the stages and the profile say "
            "what a job asks for, --pack how many tasks it computes, --parallel how many jobs run"
        )
    found = profile.find(request.slurm or workspace.config.profile)
    order = submission.Order(found, request.parallel, request.pack)
    if request.dry_run:
        dispatch.dry_run(workspace, tasks, wishes, order, terminal)
        return 0
    return dispatch.submit(workspace, tasks, wishes, order, terminal)


def _write_jobs(
    request: Request, workspace: Workspace, selection: Selection, terminal: Terminal
) -> int:
    if request.slurm is not None:
        raise ConfigError("-j writes job scripts of your own, --slurm the profile's: give one")
    template = written_path(request.job or "")
    return job_template.write_jobs(
        workspace, selection, template, request.set, request.computes, terminal
    )


def _control(
    request: Request, workspace: Workspace, selection: Selection, terminal: Terminal
) -> int:
    from launch.slurm import control  # most calls have nothing in Slurm's queue

    tasks = workspace.tasks(selection)
    if request.cancel is not None:
        return control.cancel(workspace, tasks, request.yes, terminal)
    act = control.hold if request.hold is not None else control.release
    return act(workspace, tasks, terminal)


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
        document |= _draw(request, workspace, selection, terminal)
    name = request.export or ""
    written = []
    if request.sheet is not None:
        written.append(sheets.write(workspace, selection, request.sheet, name, terminal))
    if request.figure is not None:
        kind, dpi = request.figure, request.dpi
        written.append(figures.write(workspace, selection, kind, name, dpi, terminal))
    for path in written:
        (terminal.note if request.json else terminal.line)(str(path))
    if request.json:
        terminal.document(document)


def _check_files(request: Request, workspace: Workspace) -> None:
    """Refuse what cannot be written, now and not after a night of computing."""
    check_resolution(request.dpi)
    if request.draws:
        _check_tables(request, workspace)
    if request.figure is not None and request.sheet is not None:
        raise ConfigError("-e names one file: ask for --figure or for --sheet")
    if request.sheet is not None:
        sheets.check(workspace.experiment, request.sheet, request.export)
    if request.figure is not None:
        figures.check(workspace.experiment, request.figure, request.export)


def _check_tables(request: Request, workspace: Workspace) -> None:
    tables.check(workspace.experiment, request.table, request.table_file)
    if request.rank is not None:
        if request.why is not None:
            raise ConfigError("--why tells of rows of settings, --rank ranks them: give one")
        rankings.check(workspace.experiment, request.table, request.rank)
    if request.why is not None:
        origins.check(request.why, workspace)


def _draw(
    request: Request, workspace: Workspace, selection: Selection, terminal: Terminal
) -> dict[str, object]:
    """Make tables; show them, or give them for the document; write them where that is asked."""
    if request.rank is not None:
        drawn = rankings.make(workspace, selection, request.table, request.rank, terminal)
    else:
        seen = request.json or (request.display, request.table_file) != (None, None)
        # --why alone reads the rows of a table that nobody sees: none of it needs a test.
        wishes = request.table if seen else replace(request.table, test="none")
        drawn = tables.Drawn({"": tables.make(workspace, selection, wishes, terminal)})
    document: dict[str, object] = {}
    if request.json:
        document |= tables.document(drawn)
    elif request.display is not None or request.rank is not None:
        tables.show(drawn, terminal)
    if request.why is not None:
        table = drawn.tables[""]
        lines = origins.find(table, request.why, workspace, selection)
        if request.json:
            document["why"] = origins.document(table, lines, workspace, selection)
        else:
            origins.show(table, lines, workspace, selection, terminal)
    if request.table_file is not None:
        for path in _write_tables(request, drawn, workspace, selection, terminal):
            (terminal.note if request.json else terminal.line)(str(path))
    return document


def _write_tables(
    request: Request,
    drawn: tables.Drawn,
    workspace: Workspace,
    selection: Selection,
    terminal: Terminal,
) -> list[Path]:
    """Write tables to the file of -e, or a report that has them."""
    name = request.table_file or ""
    if not request.reports:
        return tables.export(drawn, workspace, selection, name, request.dpi)
    from launch import report  # matplotlib takes a third of a second

    if request.rank is None:
        drawn = report.by_plan(
            drawn,
            workspace.experiment,
            selection,
            lambda share: tables.make(workspace, share, request.table, terminal),
        )
    subject = report.Subject(workspace, selection, request.again)
    return [report.write(subject, drawn, request.table, request.written, name)]


def _tidy(request: Request, workspace: Workspace, selection: Selection, terminal: Terminal) -> int:
    if (request.remove is not None or request.keep) and not request.select:
        raise SelectorError("-R and -K need a selector: say with -s which settings are meant")
    if request.compact is not None:
        if request.select:
            raise SelectorError("--compact folds all records of a stage; leave out the selector")
        return housekeeping.compact(workspace, request.compact, terminal)
    tasks = workspace.tasks(selection)
    if request.archive is not None:
        target = written_path(request.archive).resolve()
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
        experiment.dataset(pair.partition("=")[0])
    return load(request.results, request.data, request.tag)


def _assignment(written: str) -> tuple[str, list[str]]:
    name, equals, values = written.partition("=")
    words = [word.strip() for word in values.split(",")]  # none of which may be empty
    if not (equals and name.strip() and all(words)):
        raise ConfigError(f"--set {written!r}: write --set FACTOR=A,B")
    return name.strip(), words


def _nothing(request: Request, selection: Selection, terminal: Terminal) -> int:
    if request.search is not None:
        terminal.note("the search has drawn nothing yet; with -c it does")
        return 0
    terminal.note(f"no setting is selected by {request.selector!r}")
    return 2 if any(asked.factor == "id" for asked in selection.special) else 0
