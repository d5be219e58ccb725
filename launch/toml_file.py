"""Files that users write in TOML."""

import tomllib
from pathlib import Path
from typing import Any

from core.errors import ConfigError


def read_toml(file: Path) -> dict[str, Any]:
    """Read a file; raises ConfigError, which names it, where it is none in TOML."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:  # brackets in brackets in brackets …
        raise ConfigError(f"{file} cannot be read: {error}") from error
