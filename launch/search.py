"""The command `sonoplan search`: recordings found by what a text says of them."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich import progress as bars

from core.dotted import find_function
from core.errors import ConfigError
from core.folders import written_path
from launch.checkpoints import add_folder, ensure, folder_of
from launch.config import Config, load
from launch.flags import command_parser, positive
from launch.headed import headed
from launch.searched import FORMATS, Found, clock, write
from launch.terminal import Terminal
from reference_models import CHECKPOINTS

EXPERIMENT = "retrieval"

_EPILOG = """\
  sonoplan search "rain on a tin roof" --index recordings
  sonoplan search "a dog barks" "a door closes" --index recordings -e found.html
  sonoplan search --index recordings --by 4f98              index only, by this training
"""


class Request(argparse.Namespace):
    """The parsed command line."""

    texts: Sequence[str]
    index: str
    by: str | None
    top: int
    export: str | None
    json: bool
    folder: str | None


def parser() -> argparse.ArgumentParser:
    """Build the parser of the command."""
    parse = command_parser(
        "sonoplan search",
        "Find recordings by what a text says of them, with a dual encoder that was trained here. "
        "A folder is indexed once; later only what is new or has changed.",
        _EPILOG,
    )
    parse.add_argument("texts", nargs="*", metavar="TEXT", help="what is to be heard")
    parse.add_argument(
        "--index", required=True, metavar="FOLDER", help="recordings (wav, flac, ogg, mp3, …)"
    )
    parse.add_argument(
        "--by",
        metavar="ID",
        help="the id of a trained dual encoder, or the path of its record (the best one by mAP@10)",
    )
    parse.add_argument("--top", type=positive, default=10, metavar="N", help="answers a text (10)")
    parse.add_argument(
        "-e",
        "--export",
        metavar="FILE",
        help="write the answers: .html with players, or .csv",
    )
    parse.add_argument("--json", action="store_true", help="one JSON document")
    add_folder(parse)
    return parse


def carry_out(words: Sequence[str], terminal: Terminal) -> int:
    """Index a folder and answer texts; recordings that cannot be read are told and left out."""
    request = parser().parse_args(words, namespace=Request())
    folder = written_path(request.index)
    _check(request, folder)
    config = load()
    trained = find_function("experiments.retrieval.trained:find_trained")(
        request.by, config.results / EXPERIMENT
    )
    search = _load(trained, request, config, terminal)
    with _progress(terminal) as tell:
        index = search.index(folder, config.cache, tell)
    _tell_index(index, trained, terminal)
    texts = list(dict.fromkeys(request.texts))
    answers = search.find(texts, index, request.top)
    found = Found(folder, trained, dict(zip(texts, answers, strict=True)))
    if request.json:
        terminal.document(_document(found, index))
    else:
        _show(found, terminal)
    if request.export:
        path = written_path(request.export)
        write(found, path)
        (terminal.note if request.json else terminal.line)(str(path.resolve()))
    return 0


def _check(request: Request, folder: Path) -> None:
    """Refuse what cannot be answered or written before anything is loaded."""
    if not folder.is_dir():
        raise ConfigError(f"--index: there is no folder {folder}; give one with recordings")
    if not all(text.strip() for text in request.texts):
        raise ConfigError("an empty text describes nothing; say what is to be heard")
    if request.export and not request.texts:
        raise ConfigError("-e writes answers: give a text")
    if request.export and Path(request.export).suffix.lower() not in FORMATS:
        raise ConfigError(f"-e {request.export}: write FILE{' or FILE'.join(FORMATS)}")


def _load(trained: Any, request: Request, config: Config, terminal: Terminal) -> Any:  # noqa: ANN401 - experiments' own types
    """Load the dual encoder; the checkpoint of a text encoder that is absent is fetched."""
    if request.texts and trained.text in CHECKPOINTS:
        ensure(CHECKPOINTS[trained.text], request.folder, config, terminal)
    make = find_function("experiments.retrieval.search:Search")
    return make(trained, folder_of(request.folder, config))


@contextmanager
def _progress(terminal: Terminal) -> Iterator[Callable[[float, float], None]]:
    """Show how many seconds of sound are analysed, on a terminal."""
    bar = bars.Progress(
        bars.TextColumn("indexing"),
        bars.BarColumn(),
        bars.TextColumn("{task.completed:.0f}/{task.total:.0f} s of sound"),
        bars.TimeRemainingColumn(),
        console=terminal.err,
        transient=True,
        disable=not terminal.redraws,
    )
    with bar:
        task = bar.add_task("", total=0)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _tell_index(index: Any, trained: Any, terminal: Terminal) -> None:  # noqa: ANN401
    for problem in index.problems.values():
        terminal.warn(f"{problem}; left out")
    new = f", {index.new} of them new" if index.new else ""
    name = trained.record.id
    terminal.note(f"{len(index.entries)} recordings{new}, by {name} (trained on {trained.dataset})")


def _show(found: Found, terminal: Terminal) -> None:
    for text, answers in found.answers.items():
        table = headed("score", "from", "to", "file", right=("score", "from", "to"))
        for answer in answers:
            table.add_row(
                f"{answer.score:.3f}", clock(answer.start), clock(answer.end), answer.file
            )
        terminal.line(text)
        terminal.show(table)


def _document(found: Found, index: Any) -> dict[str, object]:  # noqa: ANN401
    return {
        "by": found.trained.record.id,
        "folder": str(found.folder.resolve()),
        "recordings": len(index.entries),
        "new": index.new,
        "left_out": index.problems,
        "texts": [
            {"text": text, "answers": [answer._asdict() for answer in answers]}
            for text, answers in found.answers.items()
        ],
    }
