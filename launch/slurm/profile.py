"""Profiles of clusters: what sbatch is asked for, per stage, in TOML.

Tables are laid over one another: the profile named by `base`, the file itself, `[variants.NAME]`
where `--slurm PROFILE:NAME` asks for it, then `[cpu]` or `[gpu]`, then `[stages.NAME]`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, get_origin

from core.errors import ConfigError, UnknownName, suggest
from core.folders import user_folder
from core.stage import Stage
from launch.toml_file import read_toml

SHIPPED = Path(__file__).parents[1] / "clusters"
MOST = 1e9
"""Of anything that a job can ask for."""
_TABLES = ("cpu", "gpu", "stages")


@dataclass(frozen=True)
class Options:
    """What one stage's jobs ask of the cluster; empty text and None ask for nothing.

    Attributes
    ----------
    gpu_request:
        How this cluster wants GPUs asked for: `--gres=gpu:N`, `--gpus=N` or `--gpus-per-node=N`.
    use_gpus:
        Whether stages that can use a GPU get one.
    cpus_per_gpu:
        CPU cores that come with each GPU; 0: as many as the stage asks for.
    cpus, memory_gb, hours:
        In place of what the stage asks for, for one task; `memory_gb` 0 asks for none.
    signal_seconds, grace_seconds:
        How long before the end a job is told, and how long its tasks have to save their state.
    requeues:
        How often a job that was told starts again.
    array_limit, parallel:
        The longest array, and how many jobs may run at once (0: as many as can).
    setup:
        Shell lines that run before Python starts.
    environment:
        Variables of the jobs.
    extra:
        Any further options of sbatch.
    python:
        The command that starts Python; empty: the interpreter that submits.
    """

    partition: str = ""
    account: str = ""
    qos: str = ""
    constraint: str = ""
    gpu_request: Literal["gres", "gpus", "gpus_per_node"] = "gres"
    gpu_type: str = ""
    use_gpus: bool = True
    cpus_per_gpu: int = 0
    cpus: int | None = None
    memory_gb: float | None = None
    hours: float | None = None
    signal_seconds: int = 120
    grace_seconds: int = 60
    requeues: int = 20
    array_limit: int = 1000
    parallel: int = 0
    setup: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str | int | bool] = field(default_factory=dict)
    python: str = ""


_KEYS = {option.name: option.type for option in fields(Options)}


@dataclass(frozen=True)
class Profile:
    """A cluster: `name` as it was asked for, `file` where it is written down."""

    name: str
    file: Path
    table: Mapping[str, Any]

    def options(self, stage: Stage) -> Options:
        """What a stage's jobs ask for; raises ConfigError where a required key is missing."""
        kind = "gpu" if stage.resources.gpus and self.table.get("use_gpus", True) else "cpu"
        table = overlay(self.table, self.table.get(kind, {}))
        table = overlay(table, self.table.get("stages", {}).get(stage.name, {}))
        for key in self.table.get("required", ()):
            if not table.get(key):
                raise ConfigError(self._wanting(key, kind))
        options = Options(**self._plain(table))
        self._check(options)
        return options

    def _plain(self, table: Mapping[str, Any]) -> dict[str, Any]:
        found = {key: value for key, value in table.items() if key in _KEYS}
        return found | ({"setup": tuple(found["setup"])} if "setup" in found else {})

    def _wanting(self, key: str, kind: str) -> str:
        base = self.name.partition(":")[0]
        return (
            f"profile {self.name!r} needs your {key}; write it into "
            f'{user_clusters() / f"{base}.toml"}: base = "{base}" and, under [{kind}], {key} = "…"'
        )

    def _check(self, options: Options) -> None:
        if options.grace_seconds >= options.signal_seconds:
            raise ConfigError(
                f"{self.file}: grace_seconds ({options.grace_seconds}) must be shorter than "
                f"signal_seconds ({options.signal_seconds}): saving ends before the job does"
            )
        if options.array_limit < 1:
            raise ConfigError(f"{self.file}: array_limit must be 1 or more")


def find(asked: str) -> Profile:
    """Read the profile `NAME` or `NAME:VARIANT`.

    Raises UnknownName where there is no such profile or variant, ConfigError where a file says
    what cannot be.
    """
    name, colon, variant = asked.partition(":")
    file, table = _read(name, frozenset())
    variants = table.get("variants", {})
    if colon and variant not in variants:
        raise UnknownName(f"variant of profile {name!r}", variant, variants)
    return Profile(asked, file, overlay(table, variants[variant]) if colon else table)


def names() -> list[str]:
    """List the profiles there are."""
    return sorted({file.stem for file in _files()})


def user_clusters() -> Path:
    """The folder of the user's own profiles."""
    return user_folder("XDG_CONFIG_HOME", ".config") / "clusters"


def _files() -> list[Path]:
    """List all profiles, the user's own first."""
    return [file for folder in (user_clusters(), SHIPPED) for file in folder.glob("*.toml")]


def overlay(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one table over another, key by key and table by table."""
    merged = dict(under)
    for key, value in over.items():
        known = merged.get(key)
        both = isinstance(known, Mapping) and isinstance(value, Mapping)
        merged[key] = overlay(known, value) if both else value  # type: ignore[arg-type]
    return merged


def _read(name: str, above: frozenset[Path]) -> tuple[Path, dict[str, Any]]:
    """Read a file and what it is based on; a base of a file's own name is the one shipped."""
    file = next((f for f in _files() if f.stem == name and f not in above), None)
    if file is None:
        raise UnknownName("cluster profile", name, names(), f" (yours go to {user_clusters()})")
    table = read_toml(file)
    _check_keys(file, "", table, ("base", "required", *_TABLES, "variants"))
    if not _fits(table.get("required", []), tuple[str, ...]):
        raise ConfigError(f"{file}: required must be a list of keys")
    if "base" not in table:
        return file, table
    return file, overlay(_read(str(table.pop("base")), above | {file})[1], table)


def _check_keys(file: Path, where: str, table: object, tables: tuple[str, ...]) -> None:
    """Raise ConfigError for a key that means nothing, and for a value of another kind."""
    if not isinstance(table, dict):
        raise ConfigError(f"{file}: {where} must be a table: write [{where}]")
    for key, value in table.items():
        path = f"{where}.{key}" if where else key
        if key in _KEYS:
            if not _fits(value, _KEYS[key]):
                raise ConfigError(f"{file}: {path} = {value!r} must be {_said(_KEYS[key])}")
        elif key not in tables:
            told = f" in [{where}]" if where else ""
            known = (*_KEYS, *tables)
            raise ConfigError(f"{file}: unknown key {key!r}{told}; {suggest(key, known, 40)}")
        elif key in ("cpu", "gpu"):
            _check_keys(file, path, value, ())
        elif key in ("stages", "variants"):
            inside = _TABLES if key == "variants" else ()
            _check_named(file, path, value, inside)


def _check_named(file: Path, where: str, table: object, inside: tuple[str, ...]) -> None:
    if not isinstance(table, dict):
        raise ConfigError(f"{file}: write [{where}.NAME]")
    for name, value in table.items():
        _check_keys(file, f"{where}.{name}", value, inside)


def _fits(value: object, kind: Any) -> bool:  # noqa: ANN401 - a type as dataclasses keep it
    """Tell whether a value of TOML is of an option's kind."""
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    if isinstance(kind, UnionType):
        return any(_fits(value, one) for one in get_args(kind) if one is not type(None))
    if get_origin(kind) is tuple:
        return isinstance(value, list) and all(isinstance(line, str) for line in value)
    if get_origin(kind) is not None:  # a mapping
        return isinstance(value, dict) and all(_fits(v, get_args(kind)[1]) for v in value.values())
    if isinstance(value, bool) or kind is bool:
        return isinstance(value, bool) and kind is bool
    if kind in (int, float):
        return isinstance(value, int | kind) and 0 <= value <= MOST
    return isinstance(value, kind)


def _said(kind: Any) -> str:  # noqa: ANN401 - a type as dataclasses keep it
    """Name an option's kind for an error message."""
    if get_origin(kind) is Literal:
        return " or ".join(repr(one) for one in get_args(kind))
    if get_origin(kind) is tuple:
        return "a list of lines"
    if isinstance(kind, UnionType):
        return _said(get_args(kind)[0])
    up = f"up to {MOST:g}"
    numbers = {int: f"a whole number {up}", float: f"a number {up}"}
    names = {str: "text", bool: "true or false", **numbers}
    return names.get(kind, 'a table of NAME = "value"')
