"""The command `sonoplan data`: datasets listed, checked, downloaded and prepared."""

import argparse
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.progress import TaskID

from core.dataset import StepProgress
from core.errors import ConfigError, DataError, DownloadError
from launch import datasets
from launch.compute import INTERRUPTED
from launch.config import Config, load
from launch.datasets import Declared
from launch.flags import command_parser, complete_by
from launch.preparation import prepare
from launch.terminal import Terminal
from launch.transfer import transfer_bar

_EPILOG = """\
  sonoplan data                            which datasets there are, and where they lie
  sonoplan data icbhi                      check the configured folder
  sonoplan data icbhi PATH                 check another one
  sonoplan data icbhi PATH --download      fetch it into PATH, then check it
  sonoplan data icbhi --prepare            check it, then prepare it for every training

exit status: 0 in order, 1 not in order, or not to be had, 2 the request was wrong
"""


class Request(argparse.Namespace):
    """The parsed command line."""

    name: str | None
    folder: str | None
    download: bool
    prepare: bool
    select: str | None
    results: str | None
    json: bool


def parser() -> argparse.ArgumentParser:
    """Build the parser of the command."""
    parse = command_parser(
        "sonoplan data",
        "List the datasets of the experiments, or check, download and prepare one.",
        _EPILOG,
    )
    name = parse.add_argument("name", nargs="?", metavar="NAME", help="a dataset")
    complete_by(name, lambda **_: list(datasets.declared()))
    parse.add_argument("folder", nargs="?", metavar="PATH", help="its folder (sonoplan.toml)")
    parse.add_argument("--download", action="store_true", help="fetch it, unless it is there")
    parse.add_argument("--prepare", action="store_true", help="compute the stages that read it")
    parse.add_argument("-s", "--select", metavar="SELECTOR", help="for these settings alone")
    parse.add_argument("--results", metavar="PATH", help="folder of results (default: results)")
    parse.add_argument("--json", action="store_true", help="one JSON document")
    return parse


def carry_out(words: Sequence[str], terminal: Terminal) -> int:
    """List the datasets, or do what is asked of one; gives the exit status."""
    request = parser().parse_args(words, namespace=Request())
    if request.name is not None:
        return _one(datasets.find(request.name), request, terminal)
    if request.download or request.prepare:
        raise ConfigError(f"which dataset? known: {', '.join(datasets.declared())}")
    if request.json:
        terminal.document({"datasets": datasets.all_fields(load())})
    else:
        datasets.show_all(load(), terminal)
    return 0


def _one(known: Declared, request: Request, terminal: Terminal) -> int:
    """Download a dataset where that is asked, inspect it, and prepare it where it is in order."""
    configured = load(request.results)
    folder = known.folder(request.folder, configured)
    if request.download and (stopped := _download(known, folder, terminal)):
        return stopped
    if not folder.is_dir():
        way_on = "; --download fetches it" if known.dataset.fetch else ""
        raise DataError(f"there is no folder {folder} with dataset {known.name!r}{way_on}")
    inspection = known.dataset.inspected(folder)
    document: dict[str, object] = {"name": known.name, "folder": str(folder)}
    document |= datasets.fields(inspection)
    if not request.json:
        datasets.show(inspection, terminal)
    terminal.note(_verdict(known, folder, len(inspection.problems), configured))
    status = 0 if inspection.whole else 1
    if request.prepare and inspection.whole:
        status, records = prepare(known, request.select, _with(known, folder, request), terminal)
        document["records"] = [str(path) for path in records]
        if not request.json:
            for path in records:
                terminal.line(str(path))
    if request.json:
        terminal.document(document)
    return status


def _with(known: Declared, folder: Path, request: Request) -> Config:
    return load(request.results, [f"{known.name}={folder}"])


def _verdict(known: Declared, folder: Path, problems: int, configured: Config) -> str:
    """Sum up an inspection, and say how the folder is found the next time."""
    if problems:
        return f"{known.name}: {problems} problem{'s' if problems > 1 else ''} in {folder}"
    told = f"{known.name}: in order in {folder}"
    if configured.data.get(known.name) == folder:
        return told
    # A JSON string is a TOML string as well.
    line = f"{known.name} = {json.dumps(str(folder), ensure_ascii=False)}"
    return f"{told}\nto use it from now on, put into sonoplan.toml:\n\n[data]\n{line}\n"


def _download(known: Declared, folder: Path, terminal: Terminal) -> int:
    """Fetch a dataset unless its folder holds something; gives 0, or why it is not there."""
    if not known.dataset.fetch:
        raise ConfigError(
            f"dataset {known.name!r} ({known.dataset.about}) is not one to be downloaded; "
            f"get it yourself, then check it with: sonoplan data {known.name} PATH"
        )
    if folder.is_dir() and any(folder.iterdir()):
        terminal.note(f"{folder} is not empty: nothing is downloaded into it")
        return 0
    try:
        with _progress(terminal) as progress:
            known.dataset.download(folder, progress)
    except (DownloadError, DataError) as error:
        terminal.error(str(error))
        return 1
    except KeyboardInterrupt:
        terminal.note("stopped; what has arrived is kept, and the same command goes on from there")
        return INTERRUPTED
    return 0


@contextmanager
def _progress(terminal: Terminal) -> Iterator[StepProgress]:
    """Show a bar a step on a terminal, one line a step elsewhere."""
    steps: dict[str, TaskID] = {}
    with transfer_bar(terminal) as bar:

        def shown(step: str, done: int, total: int) -> None:
            if step not in steps:
                steps[step] = bar.add_task(step, total=total or None)
                if not terminal.err.is_terminal:
                    terminal.note(step)
            bar.update(steps[step], completed=done, total=total or None)

        yield shown
