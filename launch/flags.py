"""What the flags of all commands have in common."""

import argparse
from collections.abc import Callable, Iterable
from textwrap import fill


def command_parser(prog: str, description: str, epilog: str) -> argparse.ArgumentParser:
    """Make the parser of a command; the epilog is shown as it is written."""
    return argparse.ArgumentParser(
        prog=prog,
        description=fill(description, 80),
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def complete_by(flag: argparse.Action, offered: Callable[..., Iterable[str]]) -> None:
    """Let the shell complete what is given to a flag."""
    flag.completer = offered  # type: ignore[attr-defined]  # where argcomplete looks for it


def positive(word: str) -> int:
    """Read a number from 1 on."""
    number = int(word) if word.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{word!r} is no whole number above 0; use 1, 2, …")
    return number


def words_of(written: str) -> list[str]:
    """Split what is written with commas."""
    return [word.strip() for word in written.split(",") if word.strip()]
