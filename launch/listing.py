"""The actions -i, -p, -l and -f: the experiment, its plans, settings and where results lie."""

from collections.abc import Iterable, Sequence

from rich.table import Table

from core.archive import ARCHIVE
from core.contrast import constants, varying
from core.errors import UnknownName
from core.experiment import Experiment
from core.plan import describe
from core.selection import Selection
from core.setting import Setting
from core.store import Store
from core.task import Task
from core.values import text
from launch.headed import headed
from launch.terminal import Terminal
from launch.workspace import Workspace

# A longer list is written line by line as it is enumerated: it is read by other programs.
LONGEST_TABLE = 1000


def information(experiment: Experiment, terminal: Terminal) -> None:
    """Tell what an experiment is: purpose, plans, stages, metrics, sheets, data."""
    terminal.line(f"{experiment.name}: {experiment.purpose}")
    rows = [("plan", p.name, f"{p.count()} settings") for p in experiment.plans]
    for stage in experiment.stages:
        needs = f"needs {', '.join(stage.needs)}; " if stage.needs else ""
        rows.append(("stage", stage.name, f"{needs}uses {', '.join(sorted(stage.uses))}"))
    rows += [("metric", m.title, m.description) for m in experiment.metrics]
    rows += [("sheet", s.name, s.about) for s in experiment.sheets]
    rows += [("data", name, dataset.about) for name, dataset in experiment.data.items()]
    terminal.show(_table(["", "name", "what"], rows))
    terminal.note(f"list the settings of a plan: sonoplan {experiment.name} -s PLAN/ -l")


def show_plans(selection: Selection, terminal: Terminal) -> None:
    """Draw the factors of the selected plans, numbered as positions in a selector are."""
    for plan in dict.fromkeys(part.plan for part in selection.parts):
        rows = [(str(i), name, describe(f)) for i, (name, f) in enumerate(plan.factors.items())]
        terminal.line(f"plan {plan.name}: {plan.count()} settings")
        terminal.show(_table(["", "factor", "modalities"], rows))


def show_settings(
    workspace: Workspace, selection: Selection, order: Sequence[str], terminal: Terminal
) -> None:
    """List settings with state and id; what all of them share is said once, above."""
    terminal.note(f"selected: {selection.explain()}")
    count = len(selection)
    if count > LONGEST_TABLE:
        for setting in selection:
            terminal.line("\t".join([*_standing(workspace, setting), str(setting)]))
    else:
        _draw_settings(workspace, list(selection), order, terminal)
    terminal.note(f"{count} settings")


def _draw_settings(
    workspace: Workspace, settings: Sequence[Setting], order: Sequence[str], terminal: Terminal
) -> None:
    shared = constants(settings)
    if shared:
        terminal.line("constant: " + str(Setting(shared)))
    names = ordered(varying(settings), order)
    rows = [
        [
            *_standing(workspace, setting),
            *(text(setting[n]) if n in setting else "" for n in names),
        ]
        for setting in settings
    ]
    if rows:
        terminal.show(_table(["id", "state", *names], rows))


def _standing(workspace: Workspace, setting: Setting) -> tuple[str, str]:
    """Give the first digits of the last task's id, and the state of the setting."""
    tasks = workspace.maker.tasks(setting)
    last = list(tasks.values())[-1].id if tasks else ""
    return last[:8], workspace.state_of(setting)


def show_files(workspace: Workspace, selection: Selection, terminal: Terminal) -> None:
    """Write, for each task of the selected settings, its state, its folder and its setting."""
    tasks = workspace.tasks(selection)
    status = workspace.status(tasks)
    for task in tasks:
        state = status.of(task)
        where = _where(workspace.store, task, state in ("done", "damaged"))
        terminal.line(f"{state}\t{task.name}\t{where}\t{task.setting}")


def _where(store: Store, task: Task, done: bool) -> str:
    path = store.path(task) if done else store.work(task)
    if path.is_dir():
        return str(path)
    return f"{path.parent / ARCHIVE}:{task.id}" if done else task.id


def ordered(names: Iterable[str], first: Sequence[str]) -> list[str]:
    """Put some names first; raises UnknownName for one that is not among them."""
    known = list(names)
    for name in first:
        if name not in known:
            raise UnknownName("varying factor", name, known)
    return [*first, *(name for name in known if name not in first)]


def settings_document(workspace: Workspace, selection: Selection) -> list[dict[str, object]]:
    """Describe settings for scripts: label, plan, values, state and task ids."""
    return [
        {
            "label": str(setting),
            "plan": selection.plan_of(setting),
            "setting": dict(setting),
            "state": workspace.state_of(setting),
            "tasks": {name: t.id for name, t in workspace.maker.tasks(setting).items()},
        }
        for setting in selection
    ]


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = headed(*header, whole=("id", "state"))
    for row in rows:
        table.add_row(*row)
    return table
