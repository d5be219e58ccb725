"""The one writer for the terminal: results to standard output, all else to standard error."""

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.text import Text

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn


class Terminal:
    """Writes results, notes, warnings and errors; colours only where a terminal shows them."""

    def __init__(self) -> None:
        # The streams are taken once: while a task runs in this process, sys.stdout is its log.
        self.out = Console(file=sys.stdout, highlight=False, emoji=False, markup=False)
        self.err = Console(file=sys.stderr, highlight=False, emoji=False, markup=False)

    def show(self, what: RenderableType) -> None:
        """Write a result."""
        self.out.print(what)

    def line(self, text: str) -> None:
        """Write one line of a result, unwrapped, so that it can be pasted or piped."""
        self.out.file.write(text + "\n")

    def write(self, text: str) -> None:
        """Write a piece of a result as it is, at once."""
        self.out.file.write(text)
        self.out.file.flush()

    def document(self, value: Mapping[str, object]) -> None:
        """Write one JSON document."""
        self.out.file.write(json.dumps(value, indent=2, allow_nan=True) + "\n")

    def note(self, text: str) -> None:
        """Say something that is no result."""
        self.err.print(Text(text), soft_wrap=True)

    def warn(self, text: str) -> None:
        """Say what the user should look at."""
        self.err.print(Text.assemble(("warning: ", "yellow"), text), soft_wrap=True)

    def error(self, text: str) -> None:
        """Say why the request was not carried out."""
        self.err.print(Text.assemble(("error: ", "bold red"), text), soft_wrap=True)

    @property
    def redraws(self) -> bool:
        """Whether what is redrawn in place is seen."""
        return self.err.is_terminal

    def progress(self, *columns: "ProgressColumn") -> "Progress":
        """Give bars that are redrawn in place, and go when they end."""
        from rich.progress import Progress  # only a run that shows bars pays for it

        return Progress(
            *columns,
            console=self.err,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def ask(self, question: str) -> bool:
        """Ask for a yes; anything else, and the absence of a terminal, is a no."""
        if not sys.stdin.isatty():
            return False
        answer = self.err.input(Text(f"{question} [y/N] "))
        return answer.strip().lower() in ("y", "yes")
