"""Tables and figures: one table value, drawn in many formats."""

from importlib import import_module
from pathlib import Path

from core.errors import UnknownName
from export.table import Table

# Modules by suffix, imported when they draw: a terminal table must not wait for matplotlib.
DRAWERS = {".png": "export.png"}


def drawer(path: Path) -> str:
    """Find the module that draws the format which a file's suffix names.

    Raises UnknownName for a suffix that no drawer has.
    """
    suffix = path.suffix.lower()
    if suffix not in DRAWERS:
        raise UnknownName("table format", suffix, DRAWERS, f" (asked for {path.name!r})")
    return DRAWERS[suffix]


def export(table: Table, path: Path) -> None:
    """Write a table in the format that the file's suffix names.

    Raises UnknownName for a suffix that no drawer has, ConfigError where the file cannot be
    written.
    """
    import_module(drawer(path)).draw(table, path)


__all__ = ["DRAWERS", "Table", "drawer", "export"]
