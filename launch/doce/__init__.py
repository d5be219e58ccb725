"""The command `sonoplan doce`: brings an experiment of doce along, with its results."""

import argparse
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from core.errors import ConfigError
from core.experiment import Experiment
from core.store import Store
from launch.config import load
from launch.doce.bring import Brought, bring
from launch.doce.finding import Found, find, some
from launch.doce.old import OldExperiment
from launch.doce.plan_file import put
from launch.doce.plan_text import plan_text
from launch.doce.source import read
from launch.experiments import check_name, plan_path
from launch.flags import command_parser
from launch.terminal import Terminal

_EPILOG = """\
SCRIPT is the script of an experiment of doce 0.1 (it defines `set`), or a file that says the
`plans`, `defaults` and `metrics` of an experiment of a newer doce; docs/doce.md shows both.

  sonoplan doce old_run.py --as old          write plans/old.py, and bring the results
  sonoplan old -d -e old.png                 their table
"""


class Request(argparse.Namespace):
    """The parsed command line."""

    script: Path
    name: str
    outputs: Path | None
    results: str | None


def parser() -> argparse.ArgumentParser:
    """Build the parser of the command."""
    parse = command_parser(
        "sonoplan doce",
        "Bring an experiment of doce: write its plan, and make records of its results.",
        _EPILOG,
    )
    parse.add_argument("script", type=Path, metavar="SCRIPT", help="Python file that declares it")
    parse.add_argument("--as", dest="name", required=True, metavar="NAME", help="its name here")
    parse.add_argument(
        "--outputs",
        type=Path,
        metavar="FOLDER",
        help="where its .npy files are (default: as the script says)",
    )
    parse.add_argument("--results", metavar="PATH", help="folder of results (default: results)")
    return parse


def carry_out(words: Sequence[str], terminal: Terminal) -> int:
    """Bring an experiment; gives 1 where some of its files could not be brought."""
    request = parser().parse_args(words, namespace=Request())
    check_name(request.name)
    old = read(request.script)
    draft = old.as_experiment(request.name)
    folder = request.outputs or old.outputs
    if folder is None:
        raise ConfigError(f"{request.script} names no folder of outputs; give it with --outputs")
    found = find(old, folder.expanduser().resolve())
    experiment = put(request.name, plan_text(request.name, old), draft)
    store = Store(load(request.results).results, request.name)
    brought = bring(experiment, old, found, store, terminal)
    _tell_plans(experiment, found, terminal)
    _tell_troubles(old, found, brought, terminal)
    _tell_next(experiment, request, brought, terminal)
    return 1 if brought.unreadable or brought.failed else 0


def _tell_plans(experiment: Experiment, found: Found, terminal: Terminal) -> None:
    for plan in experiment.plans:
        count = plan.count()
        done = sum(plan.contains(setting) for setting in found.files)
        without = (setting for setting in plan.settings() if setting not in found.files)
        first = list(islice(without, 4)) if done < count else []
        told = f"; {count - done} have none: {some(first)}" if first else ""
        terminal.line(f"plan {plan.name}: {count} settings, {done} have results{told}")


def _tell_troubles(old: OldExperiment, found: Found, brought: Brought, terminal: Terminal) -> None:
    """Name what the user should look at, the first of each kind."""
    kinds: dict[str, Sequence[object]] = {
        "files that belong to no setting of the plans": found.foreign,
        "files that may belong to several settings, left out": found.unclear,
        "files or values that cannot be used, left out": brought.unreadable,
        "records that cannot be made": brought.failed,
        "records whose files have changed since; to bring them anew, first remove them with "
        "-s SETTING -R": brought.changed,
    }
    for what, names in kinds.items():
        if names:
            terminal.warn(f"{what} ({len(names)}): {some(names)}")
    for remark in old.remarks:
        terminal.warn(remark)


def _tell_next(
    experiment: Experiment, request: Request, brought: Brought, terminal: Terminal
) -> None:
    name = experiment.name
    terminal.line(
        f"results brought: {brought.new}, there before: {brought.there}; {plan_path(name)}"
    )
    terminal.note(f"the settings: sonoplan {name} -l")
    terminal.note(f"the table: sonoplan {name} -d -e {name}.png")
    terminal.note(f"what has none: sonoplan {name} -s state=todo -l")
