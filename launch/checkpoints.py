"""Checkpoints that commands need: the folder they lie in, and what is absent fetched."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote

from rich.filesize import decimal

from core.download import Progress, quiet
from core.errors import DownloadError
from core.folders import written_path
from launch.config import Config
from launch.terminal import Terminal
from launch.transfer import transfer_bar
from reference_models import Checkpoint, Presence, fetch, installed, presence


def add_folder(parse: argparse.ArgumentParser) -> None:
    """Add the flag that names the folder of checkpoints."""
    parse.add_argument("--folder", metavar="PATH", help="folder of checkpoints (sonoplan.toml)")


def folder_of(given: str | None, config: Config) -> Path:
    """Give the folder of checkpoints: the one of the flag, else the configured one."""
    return written_path(given).resolve() if given else config.models


def ensure(checkpoint: Checkpoint, given: str | None, config: Config, terminal: Terminal) -> None:
    """Fetch a checkpoint unless it is there; raises DownloadError with the command to do it later.

    `given` is the folder of the flag.
    """
    folder = folder_of(given, config)
    if presence(checkpoint, folder).state == "here":
        return
    try:
        fetch_shown(checkpoint, folder, terminal)
    except DownloadError as error:
        where = f" --folder {quote(given)}" if given else ""
        later = f"later: sonoplan models {checkpoint.name}{where}"
        raise DownloadError(f"{error}\n{later}") from error


def fetch_shown(checkpoint: Checkpoint, folder: Path, terminal: Terminal) -> Path:
    """Fetch and verify one checkpoint, and show how far it is; raises DownloadError."""
    with _progress(checkpoint, presence(checkpoint, folder), terminal) as progress:
        return fetch(checkpoint.name, folder, progress)


@contextmanager
def _progress(checkpoint: Checkpoint, before: Presence, terminal: Terminal) -> Iterator[Progress]:
    """Show a bar on a terminal, one line elsewhere; nothing where nothing is to be fetched."""
    if before.state not in ("absent", "partial"):
        yield quiet
        return
    if not terminal.err.is_terminal:
        rest = f"{decimal(checkpoint.bytes - before.bytes)} " if checkpoint.bytes else ""
        package = installed(checkpoint)
        where = f"the package {package.packages[0]}" if package else checkpoint.url
        terminal.note(f"{checkpoint.name}: fetching {rest}from {where}")
    with transfer_bar(terminal) as bar:
        task = bar.add_task(checkpoint.name, total=checkpoint.bytes, completed=before.bytes)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)
