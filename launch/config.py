"""Where results, data and models lie: flags over the project's sonoplan.toml over the user's."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import ConfigError, suggest
from core.folders import user_cache, user_folder

FILE = "sonoplan.toml"
KEYS = ("results", "models", "data", "slurm")


@dataclass(frozen=True)
class Config:
    """Folders of one call, and the cluster profile to take where none is named.

    `origins` tells the file or the flag that named each data folder.
    """

    results: Path
    data: Mapping[str, Path] = field(default_factory=dict)
    models: Path = Path("models")
    cache: Path | None = None
    profile: str = "default"
    origins: Mapping[str, str] = field(default_factory=dict)


def load(results: str | None = None, data: Sequence[str] = (), tag: str | None = None) -> Config:
    """Read the configuration files and lay the flags over them."""
    merged: dict[str, object] = {}
    folders: dict[str, Path] = {}
    origins: dict[str, str] = {}
    profile = "default"
    for file in (user_folder("XDG_CONFIG_HOME", ".config") / FILE, _project_file()):
        if file is not None and file.is_file():
            found = _read(file)
            named = _folders(found.pop("data", {}), file)
            folders.update(named)
            origins.update(dict.fromkeys(named, str(file)))
            profile = _profile(found.pop("slurm", {"profile": profile}), file)
            merged.update({k: file.parent / Path(str(v)).expanduser() for k, v in found.items()})
    for pair in data:
        name, equals, path = pair.partition("=")
        if not (name and equals and path):
            raise ConfigError(f"--data {pair!r}: write --data NAME=PATH")
        folders[name] = Path(path).expanduser().resolve()
        origins[name] = "--data"
    root = Path(results).expanduser() if results else Path(str(merged.get("results", "results")))
    models = merged.get("models", user_folder("XDG_DATA_HOME", ".local/share") / "models")
    return Config(
        results=_tagged(root.resolve(), tag),
        data=folders,
        models=Path(str(models)).expanduser().resolve(),
        cache=user_cache(),
        profile=profile,
        origins=origins,
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


def _profile(table: object, file: Path) -> str:
    if not isinstance(table, dict) or list(table) != ["profile"]:
        raise ConfigError(f'{file}: write [slurm] and under it profile = "NAME"')
    return str(table["profile"])


def _project_file() -> Path | None:
    here = Path.cwd()
    return next((f / FILE for f in (here, *here.parents) if (f / FILE).is_file()), None)
