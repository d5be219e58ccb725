"""Where `-e NAME` writes."""

from pathlib import Path

from launch.workspace import Workspace


def target(workspace: Workspace, name: str) -> Path:
    """Find the file that a name means: without a folder, one in the results' export folder."""
    path = Path(name).expanduser()
    if path.parent == Path() and not name.startswith("./"):
        path = workspace.store.folder / "export" / path
        path.parent.mkdir(parents=True, exist_ok=True)
    return path
