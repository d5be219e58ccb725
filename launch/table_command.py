"""The command `sonoplan table`: hyperparameters compared, from a plain csv of runs."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import ConfigError
from core.folders import written_path
from launch.flags import command_parser, words_of
from launch.headed import headed
from launch.target import DPI, check_resolution, named
from launch.terminal import Terminal

if TYPE_CHECKING:
    from rich.table import Table

    from export.figures.effects import Effect
    from export.figures.importance import Importance
    from export.figures.sweep import Sweep

_EPILOG = """\
  sonoplan table runs.csv --metric val_mAP                    effects and importance
  sonoplan table runs.csv --metric val_mAP -e sweep.pdf       sweep-effects.pdf, and more
  sonoplan table runs.csv --metric val_mAP --figure heat:lr:batch_size -e heat.png
  sonoplan table runs.csv --metric loss --lower --factors 'optimiser-*,batch_size'

figures of --figure
"""
# What -e writes where no figure is named.
ALL = ("effects", "importance", "parallel", "best")
FORMAT = ".pdf"


class Request(argparse.Namespace):
    """The parsed command line."""

    file: str
    metric: str
    lower: bool
    factors: str
    order: str
    figure: str | None
    export: str | None
    dpi: int
    json: bool


def parser() -> argparse.ArgumentParser:
    """Build the parser of the command."""
    from export.figures.drawing import OF_RUNS, form  # matplotlib takes a third of a second

    kinds = "\n".join(f"  {form(name, kind):<22}{kind.about}" for name, kind in OF_RUNS.items())
    parse = command_parser(
        "sonoplan table",
        "Compare hyperparameters: a csv with a line for each run, in columns what was chosen and "
        "what came of it.",
        _EPILOG + kinds,
    )
    parse.add_argument("file", metavar="RUNS.csv")
    parse.add_argument("--metric", required=True, metavar="COLUMN", help="what runs are judged by")
    parse.add_argument("--lower", action="store_true", help="lower is better")
    parse.add_argument(
        "--factors",
        default="",
        metavar="A,B",
        help="columns of what was chosen, or patterns; without it, those that vary and whose names "
        "have no word of the metric's, nor of columns related to it so",
    )
    parse.add_argument(
        "--order", default="", metavar="COLUMN", help="the runs were made in this column's order"
    )
    parse.add_argument("--figure", metavar="NAME[:FACTOR…]", help="one figure, see below")
    parse.add_argument(
        "-e", "--export", nargs="?", const="", metavar="NAME", help="write figures: NAME.pdf"
    )
    parse.add_argument("--dpi", type=int, default=DPI, metavar="N", help="resolution of a PNG")
    parse.add_argument("--json", action="store_true", help="one JSON document")
    return parse


def carry_out(words: Sequence[str], terminal: Terminal) -> int:
    """Compare the runs of a file, and draw figures; gives the exit status."""
    request = parser().parse_args(words, namespace=Request())
    figures = _targets(request)  # an unknown figure or format is refused before anything is read
    sweep = _read(request, terminal)
    files = [path for name, path in figures.items() if _draw(name, sweep, path, request, terminal)]
    if request.figure is None or request.json:
        _tell(sweep, request.json, terminal)
    for path in files:
        (terminal.note if request.json else terminal.line)(str(path.resolve()))
    return 0


def _targets(request: Request) -> dict[str, Path]:
    """Give the file of each figure to draw."""
    check_resolution(request.dpi)
    from export.figures.drawing import OF_RUNS, find
    from export.figures.style import check_format

    if request.figure is not None:
        find(OF_RUNS, request.figure)
    elif request.export is None:
        return {}
    path = written_path(named(request.export or "", Path(request.file).stem))
    path = path if path.suffix else path.with_name(path.name + FORMAT)
    check_format(path)
    if request.figure is not None:
        return {request.figure: path}
    return {name: path.with_name(f"{path.stem}-{name}{path.suffix}") for name in ALL}


def _read(request: Request, terminal: Terminal) -> "Sweep":
    from export.figures.runs_file import read_runs

    return read_runs(
        written_path(request.file),
        request.metric,
        higher_is_better=not request.lower,
        factors=words_of(request.factors),
        order=request.order,
        warn=terminal.warn,
    )


def _draw(name: str, sweep: "Sweep", path: Path, request: Request, terminal: Terminal) -> bool:
    """Write one figure; one of several that cannot be is told and left out."""
    from export.figures.drawing import draw_runs
    from export.figures.style import save

    try:
        figure = draw_runs(name, sweep)
    except ConfigError as error:
        if request.figure is not None:
            raise
        terminal.warn(f"no figure {name!r}: {error}")
        return False
    save(figure, path, request.dpi)
    return True


def _tell(sweep: "Sweep", json: bool, terminal: Terminal) -> None:
    """Show what each factor does, and how much it matters."""
    from export.figures.effects import effects
    from export.figures.importance import importance, judgement

    found = effects(sweep)
    try:
        matters = importance(sweep)
    except ConfigError as error:
        terminal.warn(str(error))
        matters = None
    if json:
        terminal.document(_document(sweep, found, matters))
        return
    terminal.show(_table(sweep, found, matters))
    terminal.note(
        f"{sweep.title} of {len(sweep.finite)} runs; effect: how far the means of levels lie apart"
    )
    if matters is not None:
        terminal.note(f"importance: rise of a forest's squared error; {judgement(matters)}")


def _table(sweep: "Sweep", found: Sequence["Effect"], matters: "Importance | None") -> "Table":
    numbers = ("levels", "mean±std", "effect", "importance")
    table = headed("factor", "levels", "best", *numbers[1:], right=numbers)
    weights = _weights(matters)
    for effect in sorted(found, key=lambda e: -weights.get(e.levels.name, (0.0, 0.0))[0]):
        place = effect.best(sweep.rising)
        weight = weights.get(effect.levels.name)
        table.add_row(
            effect.levels.name,
            str(len(effect.levels.labels)),
            effect.levels.labels[place],
            f"{effect.mean[place]:.{sweep.precision}f}±{effect.std[place]:.{sweep.precision}f}",
            f"{effect.size:.{sweep.precision}f}",
            f"{round(weight[0], 2) + 0.0:.2f}±{weight[1]:.2f}" if weight else "–",
        )
    return table


def _document(
    sweep: "Sweep", found: Sequence["Effect"], matters: "Importance | None"
) -> dict[str, object]:
    weights = _weights(matters)
    return {
        "metric": sweep.name,
        "runs": len(sweep.finite),
        "explained": matters.explained if matters else None,
        "factors": [
            {
                "factor": effect.levels.name,
                "levels": list(effect.levels.labels),
                "mean": effect.mean.tolist(),
                "std": effect.std.tolist(),
                "importance": weights.get(effect.levels.name, (None, None))[0],
            }
            for effect in found
        ],
    }


def _weights(matters: "Importance | None") -> dict[str, tuple[float, float]]:
    if matters is None:
        return {}
    pairs = zip(matters.mean.tolist(), matters.std.tolist(), strict=True)
    return dict(zip(matters.factors, pairs, strict=True))
