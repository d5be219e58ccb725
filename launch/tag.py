"""The command `sonoplan tag`: what a published classifier hears in recordings."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.dotted import find_function
from core.errors import DataError, UnknownName
from launch.checkpoints import add_folder, ensure, folder_of
from launch.config import load
from launch.flags import command_parser, complete_by, positive
from launch.headed import headed
from launch.terminal import Terminal
from reference_models import CHECKPOINTS

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
    parse = command_parser(
        "sonoplan tag",
        "Tag recordings with AudioSet classes: the mean score of each over the recording, the "
        "highest one, and when that is.",
        _EPILOG,
    )
    parse.add_argument("files", nargs="+", metavar="FILE", help="recordings (wav, flac, …)")
    model = parse.add_argument("--model", default="yamnet", help="classifier (yamnet)")
    complete_by(model, lambda **_: list(MODELS))
    parse.add_argument("--top", type=positive, default=10, metavar="N", help="classes (10)")
    parse.add_argument("--json", action="store_true", help="one JSON document")
    add_folder(parse)
    return parse


def carry_out(words: Sequence[str], terminal: Terminal) -> int:
    """Tag recordings; gives 1 where one cannot be read."""
    request = parser().parse_args(words, namespace=Request())
    if request.model not in MODELS:
        raise UnknownName("model", request.model, MODELS)
    config = load()
    ensure(MODELS[request.model], request.folder, config, terminal)
    make = find_function("experiments.common.tagging:tagger")
    tag = make(request.model, folder_of(request.folder, config))
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
    table = headed("class", "mean", "highest", "at", right=("mean", "highest", "at"))
    for tag in tags:
        when = f"{tag['at']:.1f} s"
        table.add_row(tag["name"], f"{tag['score']:.3f}", f"{tag['highest']:.3f}", when)
    terminal.show(table)
