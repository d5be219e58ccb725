"""The command `sonoplan models`: pretrained checkpoints listed, fetched and verified."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.filesize import decimal

from core.errors import DownloadError
from launch.checkpoints import add_folder, fetch_shown, folder_of
from launch.config import load
from launch.flags import command_parser, complete_by
from launch.headed import headed
from launch.terminal import Terminal
from reference_models import CHECKPOINTS, Checkpoint, Presence, find, presence

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
    parse = command_parser(
        "sonoplan models", "List pretrained checkpoints, or fetch and verify those named.", _EPILOG
    )
    names = parse.add_argument("names", nargs="*", metavar="NAME", help="checkpoints to fetch")
    complete_by(names, lambda **_: list(CHECKPOINTS))
    parse.add_argument("--all", action="store_true", help="all of them")
    action = parse.add_mutually_exclusive_group()
    action.add_argument("--check", action="store_true", help="verify only; nothing is fetched")
    action.add_argument("-i", "--information", action="store_true", help="tell all about them")
    parse.add_argument("--json", action="store_true", help="one JSON document")
    add_folder(parse)
    return parse


def carry_out(words: Sequence[str], terminal: Terminal) -> int:
    """List, fetch or verify checkpoints; gives 1 where one is wrong or could not be fetched."""
    request = parser().parse_args(words, namespace=Request())
    named = [find(name) for name in dict.fromkeys(request.names)]
    chosen = list(CHECKPOINTS.values()) if request.all or not named else named
    folder = folder_of(request.folder, load())
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


def _list(found: Found, folder: Path, terminal: Terminal) -> None:
    titles = ("name", "size", "licence", "state", "about")
    table = headed(*titles, right=("size",), whole=("name",))
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
