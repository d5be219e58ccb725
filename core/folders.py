"""The user's own folders: for data, configuration, and what can be made again."""

import os
from pathlib import Path


def user_folder(variable: str, fallback: str) -> Path:
    """Find the user's folder of one kind, by the XDG variable or where it is by custom."""
    base = os.environ.get(variable) or Path.home() / fallback
    return Path(base) / "sonoplan"


def user_cache() -> Path:
    """Where what can be made again is kept: it can be deleted at any time."""
    return user_folder("XDG_CACHE_HOME", ".cache")
