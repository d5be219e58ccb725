"""Draws what the doctor found."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from launch.doctor.advice import Step
from launch.doctor.check import Check
from launch.terminal import Terminal

# Words, since this is pasted into messages and read without colours.
_MARKS = {"ok": ("ok", "green"), "missing": ("-", "yellow"), "problem": ("problem", "bold red")}


def show_group(name: str, checks: Sequence[Check], terminal: Terminal) -> None:
    """Draw a group: a line for each thing, and under it what to do."""
    grid = _grid(7, 14)
    for check in checks:
        do = ("\n-> ", (check.do, "cyan")) if check.do else ()
        grid.add_row(Text(*_MARKS[check.state]), check.name, Text.assemble(check.told, *do))
    _show(name, grid, terminal)


def show_steps(steps: Sequence[Step], terminal: Terminal) -> None:
    """Draw what to do next."""
    grid = _grid(1)
    for number, step in enumerate(steps, start=1):
        grid.add_row(str(number), Text.assemble((step.do, "cyan"), "\n", step.why))
    _show("what to do next", grid, terminal)


def _grid(*widths: int) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    for width in widths:
        grid.add_column(min_width=width, no_wrap=True)
    grid.add_column(overflow="fold")
    return grid


def _show(title: str, grid: Table, terminal: Terminal) -> None:
    terminal.show(Text(title, "bold"))
    terminal.show(grid)
    terminal.line("")
