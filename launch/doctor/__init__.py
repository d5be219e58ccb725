"""The command `sonoplan doctor`: how things stand on this machine, and what to do next."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict

from launch.doctor.advice import advice, problems
from launch.doctor.check import Check
from launch.doctor.examine import examine
from launch.doctor.shown import show_group, show_steps
from launch.flags import command_parser
from launch.terminal import Terminal


class Request(argparse.Namespace):
    """The parsed command line."""

    json: bool


def parser() -> argparse.ArgumentParser:
    """Build the parser of the command."""
    parse = command_parser(
        "sonoplan doctor",
        "Tell what is installed, which data and weights are here, GPUs, Slurm, and what to do "
        "next.",
        "exit status: 0 no problem, 1 some",
    )
    parse.add_argument("--json", action="store_true", help="one JSON document")
    return parse


def carry_out(words: Sequence[str], terminal: Terminal) -> int:
    """Look at everything, and tell it; gives 1 where something is a problem."""
    request = parser().parse_args(words, namespace=Request())
    found: dict[str, Sequence[Check]] = {}
    for group, checks in examine():
        found[group] = checks
        if not request.json:
            show_group(group, checks, terminal)
    steps, faults = advice(found), len(problems(found))
    if request.json:
        groups = {group: list(map(asdict, checks)) for group, checks in found.items()}
        terminal.document({"problems": faults, "groups": groups, "next": list(map(asdict, steps))})
    else:
        show_steps(steps, terminal)
    return 1 if faults else 0
