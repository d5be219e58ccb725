"""Where results and data lie: flags over the project's sonoplan.toml over the user's."""

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import ConfigError, suggest

FILE = "sonoplan.toml"
KEYS = ("results", "data")


@dataclass(frozen=True)
class Config:
    """Folders of one call."""

    results: Path
    data: Mapping[str, Path] = field(default_factory=dict)
    cache: Path | None = None


def load(results: str | None = None, data: Sequence[str] = (), tag: str | None = None) -> Config:
    """Read the configuration files and lay the flags over them."""
    merged: dict[str, object] = {}
    folders: dict[str, Path] = {}
    for file in (_user_folder("XDG_CONFIG_HOME", ".config") / FILE, _project_file()):
        if file is not None and file.is_file():
            found = _read(file)
            folders.update(_folders(found.pop("data", {}), file))
            merged.update({key: file.parent / str(value) for key, value in found.items()})
    for pair in data:
        name, equals, path = pair.partition("=")
        if not (name and equals and path):
            raise ConfigError(f"--data {pair!r}: write --data NAME=PATH")
        folders[name] = Path(path).expanduser().resolve()
    root = Path(results).expanduser() if results else Path(str(merged.get("results", "results")))
    return Config(
        results=_tagged(root.resolve(), tag),
        data=folders,
        cache=_user_folder("XDG_CACHE_HOME", ".cache"),
    )


def _tagged(root: Path, tag: str | None) -> Path:
    if tag is None:
        return root
    if not tag.replace("-", "_").replace(".", "_").isidentifier():
        raise ConfigError(f"tag {tag!r}: use letters, digits, '-', '.' and '_'")
    return root / "tags" / tag


def _read(file: Path) -> dict[str, object]:
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file} cannot be read: {error}") from error
    for key in found:
        if key not in KEYS:
            raise ConfigError(f"{file}: unknown key {key!r}; {suggest(key, KEYS)}")
    return found


def _folders(table: object, file: Path) -> dict[str, Path]:
    if not isinstance(table, dict):
        raise ConfigError(f'{file}: write [data] and under it NAME = "PATH"')
    return {name: (file.parent / Path(str(p)).expanduser()).resolve() for name, p in table.items()}


def _project_file() -> Path | None:
    here = Path.cwd()
    return next((f / FILE for f in (here, *here.parents) if (f / FILE).is_file()), None)


def _user_folder(variable: str, fallback: str) -> Path:
    base = os.environ.get(variable) or Path.home() / fallback
    return Path(base) / "sonoplan"
