"""Where results, data and models lie: flags over the project's sonoplan.toml over the user's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import ConfigError, suggest
from core.folders import user_cache, user_folder, written_path
from launch.toml_file import read_toml

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


def files() -> list[Path]:
    """List the configuration files there are: the user's, and the project's that goes over it."""
    places = (user_folder("XDG_CONFIG_HOME", ".config") / FILE, _project_file())
    return [file for file in places if file is not None and file.is_file()]


def load(
    results: str | None = None,
    data: Sequence[str] = (),
    tag: str | None = None,
    only: Sequence[Path] | None = None,
) -> Config:
    """Read the configuration files, or some `only`, and lay the flags over them."""
    merged: dict[str, object] = {}
    folders: dict[str, Path] = {}
    origins: dict[str, str] = {}
    profile = "default"
    for file in files() if only is None else only:
        found = _read(file)
        named = _folders(found.pop("data", {}), file)
        folders.update(named)
        origins.update(dict.fromkeys(named, str(file)))
        profile = _profile(found.pop("slurm", {"profile": profile}), file)
        merged.update({key: _path(value, key, file) for key, value in found.items()})
    for pair in data:
        name, equals, path = pair.partition("=")
        if not (name and equals and path):
            raise ConfigError(f"--data {pair!r}: write --data NAME=PATH")
        folders[name] = written_path(path).resolve()
        origins[name] = "--data"
    root = written_path(results) if results else Path(str(merged.get("results", "results")))
    models = merged.get("models", user_folder("XDG_DATA_HOME", ".local/share") / "models")
    return Config(
        results=_tagged(root.resolve(), tag),
        data=folders,
        models=Path(str(models)).resolve(),
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
    found = read_toml(file)
    for key in found:
        if key not in KEYS:
            raise ConfigError(f"{file}: unknown key {key!r}; {suggest(key, KEYS)}")
    return found


def _folders(table: object, file: Path) -> dict[str, Path]:
    if not isinstance(table, dict):
        raise ConfigError(f'{file}: write [data] and under it NAME = "PATH"')
    return {name: _path(path, f"data.{name}", file).resolve() for name, path in table.items()}


def _path(written: object, key: str, file: Path) -> Path:
    """Read a path, which begins at the folder of its file."""
    if not isinstance(written, str) or not written:
        raise ConfigError(f'{file}: {key} must be a path: write {key} = "PATH"')
    try:
        return file.parent / written_path(written)
    except ConfigError as error:
        raise ConfigError(f"{file}: {key}: {error}") from error


def _profile(table: object, file: Path) -> str:
    name = table.get("profile") if isinstance(table, dict) and len(table) == 1 else None
    if not isinstance(name, str):
        raise ConfigError(f'{file}: write [slurm] and under it profile = "NAME"')
    return name


def _project_file() -> Path | None:
    here = Path.cwd()
    return next((f / FILE for f in (here, *here.parents) if (f / FILE).is_file()), None)
