"""Tables and figures: one table value, drawn in many formats."""

from importlib import import_module
from pathlib import Path

from core.errors import UnknownName
from export.table import Table

# Modules by suffix, imported when they draw: a terminal table must not wait for matplotlib.
DRAWERS = {
    ".csv": "export.csvfile",
    ".md": "export.markdown",
    ".tex": "export.latex",
    ".html": "export.webpage",
    ".xlsx": "export.workbook",
    ".svg": "export.vector",
    ".pdf": "export.vector",
    ".png": "export.png",
}
DPI = 200


def drawer(path: Path) -> str:
    """Find the module that draws the format which a file's suffix names.

    Raises UnknownName for a suffix that no drawer has.
    """
    suffix = path.suffix.lower()
    if suffix not in DRAWERS:
        raise UnknownName("table format", suffix, DRAWERS, f" (asked for {path.name!r})")
    return DRAWERS[suffix]


def targets(path: Path) -> list[Path]:
    """List the files that a path stands for: itself, or without a suffix one in every format.

    Raises UnknownName for a suffix that no drawer has.
    """
    if not path.suffix:
        return [path.with_name(path.name + suffix) for suffix in DRAWERS]
    drawer(path)
    return [path]


def export(table: Table, path: Path, dpi: int = DPI) -> list[Path]:
    """Write a table in the format that the file's suffix names, without one in every format.

    `dpi` is the resolution of a PNG. Gives the files. Raises UnknownName for a suffix that no
    drawer has, ConfigError where a file cannot be written or a table is too large for a format;
    formats that take any size come first.
    """
    files = targets(path)
    for file in files:
        options = {"dpi": dpi} if file.suffix.lower() == ".png" else {}
        import_module(drawer(file)).draw(table, file, **options)
    return files


__all__ = ["DPI", "DRAWERS", "Table", "drawer", "export", "targets"]
