"""The command `sonoplan new`: writes an experiment that works, to be changed into one's own."""

import argparse
from collections.abc import Sequence

from core.errors import ConfigError
from launch import datasets, experiments
from launch.flags import command_parser
from launch.new.skeleton import files, write
from launch.terminal import Terminal

_EPILOG = """\
What is written compares two networks that tell synthetic calls apart, in some seconds; it reads
recordings of yours, in a folder for each class, as well. docs/extending.md goes on from there.

  sonoplan new calls               write plans/calls.py, experiments/calls/ and their tests
  sonoplan calls -s demo/ -c -d    compute its demo, and show the table
"""

LONGEST = 24
"""Letters of a name; with it the lines of the templates stay within a line's length."""


class Request(argparse.Namespace):
    """The parsed command line."""

    name: str


def parser() -> argparse.ArgumentParser:
    """Build the parser of the command."""
    parse = command_parser(
        "sonoplan new", "Write an experiment that works, to be changed into one's own.", _EPILOG
    )
    parse.add_argument("name", metavar="NAME", help="its name: a new word, in small letters")
    return parse


def carry_out(words: Sequence[str], terminal: Terminal) -> int:
    """Write the files of an experiment, and say what comes next; gives the exit status."""
    name = parser().parse_args(words, namespace=Request()).name
    check_name(name)
    root = experiments.plan_path(name).parents[1]
    for path in write(files(name), root):
        terminal.line(str(path))
    terminal.note(f"its settings:  sonoplan {name} -l")
    terminal.note(f"its demo:      sonoplan {name} -s demo/ -c -d -e {name}.png")
    terminal.note(f"its tests:     python -m pytest {root}/tests/experiments -k {name}")
    terminal.note("and then:      docs/extending.md, which begins with these files")
    return 0


def check_name(name: str) -> None:
    """Raise ConfigError for a name that a new experiment and its dataset cannot have."""
    experiments.check_name(name)
    if name != name.lower() or len(name) > LONGEST:
        raise ConfigError(f"{name!r}: use small letters, {LONGEST} of them at most")
    if name in experiments.names():
        raise ConfigError(f"there is an experiment {name!r}; choose another name")
    if name in {"synthetic", *datasets.declared()}:
        raise ConfigError(f"there is a dataset {name!r}; choose another name")
