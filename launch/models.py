"""The command `sonoplan models`: pretrained checkpoints listed, fetched and verified."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.filesize import decimal
from rich.table import Table

from core.download import Progress, quiet
from core.errors import DownloadError
from core.folders import written_path
from launch.config import load
from launch.terminal import Terminal
from launch.transfer import transfer_bar
from reference_models import (
    CHECKPOINTS,
    Checkpoint,
    Presence,
    fetch,
    find,
    installed,
    presence,
)

Found = Mapping[Checkpoint, Presence]

_EPILOG = """\
  sonoplan models                      what there is, and what is at hand
  sonoplan models pann_cnn6            fetch it, or verify it where it is at hand
  sonoplan models pann_cnn6 -i         all about it, its licence and citation too
  sonoplan models --check              verify what is at hand, without a network
"""


class Request(argparse.Namespace):
    """The parsed command line."""

    names: Sequence[str]
    all: bool
    check: bool
    information: bool
    json: bool
    folder: str | None

    @property
    def fetches(self) -> bool:
        """Tell whether checkpoints are to be fetched."""
        return bool(self.names or self.all) and not (self.check or self.information)


def parser() -> argparse.ArgumentParser:
    """Build the parser of the command."""
    parse = argparse.ArgumentParser(
        prog="sonoplan models",
        description="List pretrained checkpoints, or fetch and verify those named.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    names = parse.add_argument("names", nargs="*", metavar="NAME", help="checkpoints to fetch")
    names.completer = lambda **_: list(CHECKPOINTS)  # type: ignore[attr-defined]
    parse.add_argument("--all", action="store_true", help="all of them")
    action = parse.add_mutually_exclusive_group()
    action.add_argument("--check", action="store_true", help="verify only; nothing is fetched")
    action.add_argument("-i", "--information", action="store_true", help="tell all about them")
    parse.add_argument("--json", action="store_true", help="one JSON document")
    parse.add_argument("--folder", metavar="PATH", help="folder of checkpoints (sonoplan.toml)")
    return parse


def carry_out(words: Sequence[str], terminal: Terminal) -> int:
    """List, fetch or verify checkpoints; gives 1 where one is wrong or could not be fetched."""
    request = parser().parse_args(words, namespace=Request())
    named = [find(name) for name in dict.fromkeys(request.names)]
    chosen = list(CHECKPOINTS.values()) if request.all or not named else named
    folder = written_path(request.folder).resolve() if request.folder else load().models
    if request.fetches:
        found = {c: _fetch(c, folder, request.json, terminal) for c in chosen}
    else:
        found = {c: presence(c, folder, verify=request.check) for c in chosen}
    if request.json:
        terminal.document({"folder": str(folder), "models": _fields(found, folder)})
    elif request.check:
        _tell_checked(found, folder, terminal)
    elif request.information:
        _tell_all(found, folder, terminal)
    elif not request.fetches:
        _list(found, folder, terminal)
    return 1 if _lacking(found, request) else 0


def _lacking(found: Found, request: Request) -> bool:
    """Tell whether a checkpoint is not as it must be: those asked for by name must be there."""
    fine = {"here"} if request.names or request.all else {"here", "absent", "partial"}
    acts = request.check or request.fetches
    return acts and any(p.state not in fine for p in found.values())


def _fetch(checkpoint: Checkpoint, folder: Path, quietly: bool, terminal: Terminal) -> Presence:
    """Fetch and verify one checkpoint, and say where it is."""
    before = presence(checkpoint, folder)
    try:
        path = fetch_shown(checkpoint, folder, terminal)
    except DownloadError as error:
        terminal.error(str(error))
        return presence(checkpoint, folder)
    done = "was there, verified" if before.state == "here" else "fetched and verified"
    terminal.note(f"{checkpoint.name}: {done}")
    if not quietly:
        terminal.line(str(path))
    return Presence("here", path.stat().st_size)


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


def _list(found: Found, folder: Path, terminal: Terminal) -> None:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for title in ("name", "size", "licence", "state", "about"):
        table.add_column(
            title, justify="right" if title == "size" else "left", no_wrap=title == "name"
        )
    for checkpoint, standing in found.items():
        table.add_row(
            checkpoint.name,
            decimal(checkpoint.bytes) if checkpoint.bytes else "unknown",
            checkpoint.licence,
            _state(standing),
            checkpoint.about,
        )
    terminal.show(table)
    for checkpoint in found:
        if checkpoint.caveat:
            terminal.line(f"{checkpoint.name}: {checkpoint.caveat}")
    terminal.line(f"folder: {folder}")
    terminal.note("fetch and verify one: sonoplan models NAME")


def _tell_checked(found: Found, folder: Path, terminal: Terminal) -> None:
    for checkpoint, standing in found.items():
        verified = ", verified" if standing.state == "here" else ""
        path = folder / checkpoint.file
        terminal.line(f"{checkpoint.name}: {_state(standing)}{verified}: {path}")


def _tell_all(found: Found, folder: Path, terminal: Terminal) -> None:
    for fields in _fields(found, folder):
        for name, value in fields.items():
            terminal.line(f"{name:<10} {value}")
        terminal.line("")


def _state(standing: Presence) -> str:
    if standing.state == "partial":
        return f"partial ({decimal(standing.bytes)})"
    return f"wrong ({standing.fault})" if standing.fault else standing.state


def _fields(found: Found, folder: Path) -> list[dict[str, object]]:
    return [
        {
            **{key: value for key, value in asdict(checkpoint).items() if key != "packed"},
            "install": checkpoint.install,
            "caveat": checkpoint.caveat,
            "path": str(folder / checkpoint.file),
            "state": standing.state,
            "bytes_here": standing.bytes,
            "fault": standing.fault,
        }
        for checkpoint, standing in found.items()
    ]
