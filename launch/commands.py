"""What `sonoplan` can be told: an experiment's name, or one of a few commands."""

import argparse
import importlib
from collections.abc import Sequence
from typing import Protocol, cast

from launch.terminal import Terminal

COMMANDS = {
    "models": "launch.models",
    "data": "launch.data",
    "doctor": "launch.doctor",
    "tag": "launch.tag",
    "transcode": "launch.transcode",
    "search": "launch.search",
    "doce": "launch.doce",
    "new": "launch.new",
    "table": "launch.table_command",
}
"""The module of each command; any other first word names an experiment."""


class Command(Protocol):
    """A module that reads its own flags and does what they ask."""

    def parser(self) -> argparse.ArgumentParser:
        """Build the parser of the command."""

    def carry_out(self, words: Sequence[str], terminal: Terminal) -> int:
        """Read the words and do what they ask; gives the exit status."""


def find(words: Sequence[str]) -> tuple[Command, list[str]]:
    """Find the command that the words mean, and the words that are left for it."""
    name = words[0] if words else ""
    if name in COMMANDS:
        return cast(Command, importlib.import_module(COMMANDS[name])), list(words[1:])
    return cast(Command, importlib.import_module("launch.act")), list(words)
