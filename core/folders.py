"""The user's own folders: for data, configuration, and what can be made again."""

import os
from pathlib import Path

from core.errors import ConfigError


def user_folder(variable: str, fallback: str) -> Path:
    """Find the user's folder of one kind, by the XDG variable or where it is by custom."""
    base = os.environ.get(variable) or Path.home() / fallback
    return Path(base) / "sonoplan"


def written_path(written: str) -> Path:
    """Read a path as people write it, `~` for their own folder.

    Raises ConfigError for what no path can be, and for one that may not be looked at.
    """
    try:
        path = Path(written).expanduser()
        path.resolve()
        path.exists()
    except (OSError, RuntimeError, ValueError) as error:  # nobody's ~, too long a name, a zero byte
        raise ConfigError(f"{written!r} cannot be a path here: {error}") from error
    return path


def user_cache() -> Path:
    """Where what can be made again is kept: it can be deleted at any time."""
    return user_folder("XDG_CACHE_HOME", ".cache")
