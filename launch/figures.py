"""The action --figure: one figure of the selected settings, from their records."""

from pathlib import Path
from typing import TYPE_CHECKING

from core.experiment import Experiment
from core.figure import Curve
from core.selection import Selection
from launch.target import named, target
from launch.terminal import Terminal
from launch.workspace import Workspace

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMAT = ".pdf"


def list_kinds(experiment: Experiment, terminal: Terminal) -> None:
    """Show what can be drawn, and the curves that the experiment declares."""
    from export.figures.drawing import FIGURES, form  # matplotlib takes a third of a second

    for name, kind in FIGURES.items():
        terminal.line(f"{form(name, kind):<28}{kind.about}")
    for figure in experiment.figures:
        if isinstance(figure, Curve):
            terminal.line(f"{f'curve:{figure.name}':<28}{figure.description}")
    terminal.note("any array of one number an epoch is a curve: curve:NAME, or curve:STAGE.NAME")


def check(experiment: Experiment, written: str, export: str | None) -> None:
    """Refuse an unknown figure, metric, factor or format now, not after a night of computing."""
    from export.figures import drawing
    from export.figures.style import check_format

    drawing.check(experiment, written)
    check_format(_named(written, export or ""))


def write(
    workspace: Workspace,
    selection: Selection,
    written: str,
    export: str,
    dpi: int,
    terminal: Terminal,
) -> Path:
    """Draw a figure and write it to a file; gives the file."""
    figure = make(workspace, selection, written, terminal)
    return save(figure, workspace, written, export, dpi)


def make(workspace: Workspace, selection: Selection, written: str, terminal: Terminal) -> "Figure":
    """Draw a figure of the selected settings, from their records."""
    from export.figures.drawing import draw
    from export.figures.reading import Source

    tasks = workspace.tasks(selection)
    status = workspace.status(tasks)
    source = Source(workspace.experiment, tasks, status, workspace.store, terminal.warn)
    return draw(written, source)


def save(figure: "Figure", workspace: Workspace, written: str, export: str, dpi: int) -> Path:
    """Write a figure to a file; gives the file.

    Without a name the file is called like the figure, without a suffix it is a pdf.
    """
    from export.figures import style

    path = target(workspace, str(_named(written, export)))
    style.save(figure, path, dpi)
    return path.resolve()


def _named(written: str, export: str) -> Path:
    """Complete a name by that of the figure, and by a suffix."""
    plain = "-".join("".join(c if c.isalnum() or c in "._" else " " for c in written).split())
    path = Path(named(export, plain))
    return path if path.suffix else path.with_name(path.name + FORMAT)
