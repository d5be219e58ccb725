"""The command `sonoplan search`: recordings found by what a text says of them."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import Any

from rich import progress as bars
from rich.box import SIMPLE_HEAD
from rich.table import Table

from core.dotted import find_function
from core.errors import ConfigError, DownloadError
from core.folders import written_path
from launch.config import Config, load
from launch.models import fetch_shown
from launch.searched import FORMATS, Found, clock, write
from launch.terminal import Terminal
from reference_models import CHECKPOINTS, presence

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
    parse = argparse.ArgumentParser(
        prog="sonoplan search",
        description="Find recordings by what a text says of them, with a dual encoder that was "
        "trained here. A folder is indexed once; later only what is new or has changed.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
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
    parse.add_argument("--top", type=_number, default=10, metavar="N", help="answers a text (10)")
    parse.add_argument(
        "-e",
        "--export",
        metavar="FILE",
        help="write the answers: .html with players, or .csv",
    )
    parse.add_argument("--json", action="store_true", help="one JSON document")
    parse.add_argument("--folder", metavar="PATH", help="folder of checkpoints (sonoplan.toml)")
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
    models = written_path(request.folder).resolve() if request.folder else config.models
    checkpoint = CHECKPOINTS.get(trained.text) if request.texts else None
    if checkpoint and presence(checkpoint, models).state != "here":
        try:
            fetch_shown(checkpoint, models, terminal)
        except DownloadError as error:
            where = f" --folder {quote(request.folder)}" if request.folder else ""
            later = f"\nlater: sonoplan models {checkpoint.name}{where}"
            raise DownloadError(f"{error}{later}") from error
    return find_function("experiments.retrieval.search:Search")(trained, models)


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
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for title in ("score", "from", "to", "file"):
            table.add_column(title, justify="left" if title == "file" else "right", overflow="fold")
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


def _number(written: str) -> int:
    number = int(written)
    if number < 1:
        raise argparse.ArgumentTypeError("one answer at least")
    return number
