"""Where `-e NAME` writes."""

from pathlib import Path

from core.errors import ConfigError
from core.folders import written_path
from launch.workspace import Workspace

DPI = 200
FINEST = 2400  # dots an inch: printers have fewer, and memory for more is rare


def check_resolution(dpi: int) -> None:
    """Raise ConfigError for a resolution in which no picture can be drawn."""
    if not 1 <= dpi <= FINEST:
        raise ConfigError(f"--dpi {dpi}: give 1 to {FINEST} dots an inch")


def named(name: str, called: str) -> str:
    """Complete a name: nothing, or a suffix alone, means a file that is called so."""
    only_suffix = name.startswith(".") and "/" not in name
    return called + name if only_suffix else name or called


def target(workspace: Workspace, name: str) -> Path:
    """Find the file that a name means: without a folder, one in the results' export folder."""
    path = written_path(name)
    if path.parent == Path() and not name.startswith("./"):
        path = workspace.store.folder / "export" / path
        path.parent.mkdir(parents=True, exist_ok=True)
    return path
