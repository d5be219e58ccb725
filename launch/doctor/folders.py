"""Which configuration is read, and whether the folders that it names can be used."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

from rich.filesize import decimal

from core.errors import ConfigError
from launch.config import FILE, Config, files, load
from launch.doctor.check import Check, State

LOW_BYTES = 1_000_000_000
LOW_INODES = 10_000


def configured() -> tuple[Config, list[Check]]:
    """Read the configuration, without the files that are damaged."""
    checks, sound = [], []
    for file in files():
        try:
            load(only=[file])
        except ConfigError as error:
            checks.append(Check(FILE, "problem", str(error), f"mend {file}"))
        else:
            checks.append(Check(FILE, "ok", str(file)))
            sound.append(file)
    none = Check(FILE, "missing", "none is read, neither the project's nor the user's: defaults")
    return load(only=sound), checks or [none]


def checks(config: Config) -> Iterator[Check]:
    """Look at the folders of results, of models, and of what can be made again."""
    another = f'name another: results = "PATH" in {FILE}'
    yield _folder("results", config.results, "problem", "nothing can be computed", another)
    yield _folder("models", config.models, "missing", "no checkpoint can be fetched into it")
    if config.cache is not None:
        yield _folder("cache", config.cache, "missing", "each call reads all records anew")


def _folder(name: str, path: Path, unless: State, without: str, do: str = "") -> Check:
    """Write into a folder, or where it will be made, and look how much room there is."""
    there = next((folder for folder in (path, *path.parents) if folder.exists()), path)
    try:
        with TemporaryFile(dir=there, buffering=0) as file:
            file.write(bytes(4096))
        room, low = _room(there)
    except OSError as error:
        told = f"{path} cannot be written ({error.strerror}): {without}"
        return Check(name, unless, told, do)
    made = "" if path.exists() else ", made when needed"
    return Check(name, unless if low else "ok", f"{path}{made}: {room}", do if low else "")


def _room(folder: Path) -> tuple[str, bool]:
    """Tell what is free where a folder lies, and whether that is little."""
    free, system = shutil.disk_usage(folder).free, os.statvfs(folder)
    told, low = f"{decimal(free)} free", free < LOW_BYTES
    if system.f_files:  # some file systems count no inodes
        told += f", {system.f_favail:,} inodes"
        low = low or system.f_favail < LOW_INODES
    return f"only {told}" if low else told, low
