"""The command `sonoplan tag`: what a published classifier hears in recordings."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from core.dotted import find_function
from core.errors import DataError, UnknownName
from core.folders import written_path
from launch.config import load
from launch.models import fetch_shown
from launch.terminal import Terminal
from reference_models import CHECKPOINTS, presence

MODELS = {name: c for name, c in CHECKPOINTS.items() if c.trained_on == "AudioSet"}

_EPILOG = """\
  sonoplan tag street.wav                       the ten classes that YAMNet hears most
  sonoplan tag *.wav --model pann_cnn14 --top 3
  sonoplan tag street.wav --json                for scripts
"""


class Request(argparse.Namespace):
    """The parsed command line."""

    files: Sequence[str]
    model: str
    top: int
    json: bool
    folder: str | None


def parser() -> argparse.ArgumentParser:
    """Build the parser of the command."""
    parse = argparse.ArgumentParser(
        prog="sonoplan tag",
        description="Tag recordings with AudioSet classes: the mean score of each over the "
        "recording, the highest one, and when that is.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parse.add_argument("files", nargs="+", metavar="FILE", help="recordings (wav, flac, …)")
    model = parse.add_argument("--model", default="yamnet", help="classifier (yamnet)")
    model.completer = lambda **_: list(MODELS)  # type: ignore[attr-defined]
    parse.add_argument("--top", type=positive, default=10, metavar="N", help="classes (10)")
    parse.add_argument("--json", action="store_true", help="one JSON document")
    parse.add_argument("--folder", metavar="PATH", help="folder of checkpoints (sonoplan.toml)")
    return parse


def carry_out(words: Sequence[str], terminal: Terminal) -> int:
    """Tag recordings; gives 1 where one cannot be read."""
    request = parser().parse_args(words, namespace=Request())
    if request.model not in MODELS:
        raise UnknownName("model", request.model, MODELS)
    folder = written_path(request.folder).resolve() if request.folder else load().models
    checkpoint = MODELS[request.model]
    if presence(checkpoint, folder).state != "here":
        fetch_shown(checkpoint, folder, terminal)
    tag = find_function("experiments.common.tagging:tagger")(request.model, folder)
    found: list[dict[str, Any]] = []
    for file in request.files:
        try:
            found.append({"file": file, "classes": tag(Path(file), request.top)})
        except DataError as error:
            terminal.error(str(error))
            continue
        if not request.json:
            terminal.line(found[-1]["file"])
            show_tags(found[-1]["classes"], terminal)
    if request.json:
        terminal.document({"model": request.model, "files": found})
    return 0 if len(found) == len(request.files) else 1


def show_tags(tags: Sequence[Mapping[str, Any]], terminal: Terminal) -> None:
    """Show classes with their mean score, the highest one, and when that is."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for title in ("class", "mean", "highest", "at"):
        table.add_column(title, justify="left" if title == "class" else "right")
    for tag in tags:
        when = f"{tag['at']:.1f} s"
        table.add_row(tag["name"], f"{tag['score']:.3f}", f"{tag['highest']:.3f}", when)
    terminal.show(table)


def positive(written: str) -> int:
    """Read a number of classes, from 1 on."""
    number = int(written)
    if number < 1:
        raise argparse.ArgumentTypeError("one class at least")
    return number
