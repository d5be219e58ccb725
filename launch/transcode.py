"""The command `sonoplan transcode`: what a classifier hears in third-octave levels."""

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from core.dotted import find_function
from core.errors import ConfigError, DataError
from core.folders import written_path
from core.record import is_record
from core.store import find_record
from launch.checkpoints import add_folder, ensure, folder_of
from launch.config import load
from launch.flags import command_parser, positive
from launch.tag import show_tags
from launch.terminal import Terminal
from reference_models import CHECKPOINTS

PINV = "pinv"
EXPERIMENT = "transcoder"
PICTURES = ("png", "pdf", "svg")

_EPILOG = """\
  sonoplan transcode week.csv --teacher int8              the classes that YAMNet hears most
  sonoplan transcode street.wav --transcoder 4f98 -o out  by a transcoder that was trained here
  sonoplan transcode street.wav --classifier PANN --transcoder WEIGHTS -o out --audio
"""


class Request(argparse.Namespace):
    """The parsed command line."""

    files: Sequence[str]
    transcoder: Sequence[str] | None
    classifier: str | None
    teacher: str | None
    offset: float | Literal["auto"] | None
    only: Sequence[str]
    top: int
    output: str | None
    picture: str
    audio: bool
    json: bool
    folder: str | None


def parser() -> argparse.ArgumentParser:
    """Build the parser of the command."""
    parse = command_parser(
        "sonoplan transcode",
        "Turn third-octave levels into what a classifier reads, and tell what it hears in each "
        "second. A sound is turned into levels first.",
        _EPILOG,
    )
    parse.add_argument(
        "files", nargs="+", metavar="FILE", help="levels (csv, npy, h5) or sounds (wav, flac, …)"
    )
    parse.add_argument(
        "--transcoder",
        action="append",
        metavar="WHICH",
        help="pinv, the id of a trained one or the path of its record, or the path of published "
        "weights; again for more, of which the first scores (pinv)",
    )
    parse.add_argument(
        "--classifier", choices=("YamNet", "PANN"), help="(the transcoder's, else YamNet)"
    )
    parse.add_argument(
        "--teacher",
        choices=("released", "int8", "trained"),
        help="weights of the classifier (those of the training, else released)",
    )
    parse.add_argument(
        "--offset",
        type=_offset,
        metavar="dB",
        help="from the levels of a file to dB re full scale, or auto (-90)",
    )
    _add_results(parse)
    return parse


def _add_results(parse: argparse.ArgumentParser) -> None:
    """Add the flags that say what is shown and what is written."""
    parse.add_argument(
        "--class",
        dest="only",
        action="append",
        default=[],
        metavar="NAME",
        help="a class to show instead of the highest; again for more",
    )
    parse.add_argument("--top", type=positive, default=10, metavar="N", help="classes (10)")
    parse.add_argument(
        "-o",
        "--output",
        metavar="FOLDER",
        help="write scores (csv) and a picture of each file into a folder",
    )
    parse.add_argument("--picture", choices=PICTURES, default="png", help="its format (png)")
    parse.add_argument(
        "--audio",
        action="store_true",
        help="write what the log-mels of all transcoders sound like, and look like",
    )
    parse.add_argument("--json", action="store_true", help="one JSON document")
    add_folder(parse)


def carry_out(words: Sequence[str], terminal: Terminal) -> int:
    """Transcode files; gives 1 where one cannot be read."""
    request = parser().parse_args(words, namespace=Request())
    _check(request)
    transcoding = _load(request, terminal)
    transcoding.columns(request.only)  # refused now, not after an hour of sound
    found: list[dict[str, Any]] = []
    for file in request.files:
        try:
            found.append(_hear(file, transcoding, request))
        except DataError as error:
            terminal.error(str(error))
            continue
        if not request.json:
            _show(found[-1], transcoding.label, terminal)
    if request.json:
        how = {"classifier": transcoding.classifier, "transcoder": transcoding.label}
        terminal.document({**how, "files": found})
    return 0 if len(found) == len(request.files) else 1


def _check(request: Request) -> None:
    """Refuse what would write nothing, or over itself, before anything is computed."""
    if request.audio and not request.output:
        raise ConfigError("--audio writes sounds: give a folder, -o FOLDER")
    stem, number = Counter(Path(file).stem for file in request.files).most_common(1)[0]
    if request.output and number > 1:
        raise ConfigError(
            f"{number} files are called {stem!r}; what is written for one would replace what is "
            "for the other: give them in calls of their own, with a folder -o each"
        )


def _load(request: Request, terminal: Terminal) -> Any:  # noqa: ANN401 - experiments' own type
    """Load transcoders and classifier; a checkpoint that is absent is fetched."""
    config = load()
    asked = request.transcoder or [PINV]
    chosen = [_found(word, config.results) for word in asked]
    if request.audio and PINV not in chosen:
        chosen.append(PINV)
    choose = find_function("experiments.transcoder.at_hand:choose")
    choice = choose(chosen, request.classifier, request.teacher)
    if choice.checkpoint:
        ensure(CHECKPOINTS[choice.checkpoint], request.folder, config, terminal)
    make = find_function("experiments.transcoder.transcoding:Transcoding")
    return make(choice, folder_of(request.folder, config))


def _found(word: str, results: Path) -> str:
    """Find the path that a word means: its own, or that of a record whose id begins so."""
    if word == PINV:
        return word
    path = written_path(word)
    if path.exists() or is_record(path):
        return str(path.resolve())
    return str(find_record(results / EXPERIMENT, word, "transcoder", "training", [PINV]))


def _hear(file: str, transcoding: Any, request: Request) -> dict[str, Any]:  # noqa: ANN401
    """Transcode a file and write what is asked for; gives what there is to tell."""
    heard = transcoding.hear(Path(file), request.offset, every=request.audio)
    tags = transcoding.tags(heard, request.top, request.only)
    written: list[Path] = []
    if request.output:
        from launch.transcoded import Files  # numpy and matplotlib take a third of a second

        folder = written_path(request.output)
        files = Files(folder, Path(file).stem, request.picture, transcoding, heard)
        written = [files.scores(), files.timeline([tag["name"] for tag in tags])]
        written += files.sounds() if request.audio else ()
    paths = [str(path) for path in written]
    return {"file": file, "seconds": len(heard.scores), "classes": tags, "written": paths}


def _show(found: dict[str, Any], label: str, terminal: Terminal) -> None:
    terminal.line(f"{found['file']}: {found['seconds']} s by {label}")
    show_tags(found["classes"], terminal)
    for path in found["written"]:
        terminal.line(path)


def _offset(written: str) -> float | Literal["auto"]:
    return "auto" if written == "auto" else float(written)
