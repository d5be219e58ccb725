"""The output of a notebook's cell, written as a terminal is."""

import sys
import time
from functools import partial
from io import StringIO
from uuid import uuid4

from IPython.display import publish_display_data
from rich.console import Console
from rich.progress import Progress, ProgressColumn

from launch.terminal import Terminal

REDRAW_SECONDS = 0.2
# What fits beside the margins of a page.
WIDTH = 100

# Text without colours: Jupyter asks for them, but not every place that shows notebooks has them.
_page = partial(Console, force_jupyter=False, force_terminal=False, highlight=False, emoji=False)


class CellTerminal(Terminal):
    """Writes notes and warnings below the cell as plain text, which stays in the notebook."""

    redraws = True

    def __init__(self) -> None:
        self.out = _page(file=sys.stdout)
        self.err = self.out  # notebooks set stderr in red, as if all of it were errors

    def progress(self, *columns: ProgressColumn) -> Progress:
        """Give bars that are redrawn in place, and go when they end."""
        return _CellProgress(*columns)


class _CellProgress(Progress):
    """Bars as an output of their own; rich's would need the widgets of ipywidgets."""

    def __init__(self, *columns: ProgressColumn) -> None:
        super().__init__(*columns, auto_refresh=False)
        self._output = {"display_id": uuid4().hex}
        self._redrawn: float | None = None

    def start(self) -> None:
        self._publish(self._drawn(), update=False)

    def refresh(self) -> None:
        if self._redrawn is not None and time.monotonic() - self._redrawn >= REDRAW_SECONDS:
            self._publish(self._drawn())

    def stop(self) -> None:
        self._publish("")
        self._redrawn = None

    def _publish(self, text: str, update: bool = True) -> None:
        shown = {"text/plain": text}
        publish_display_data(shown, transient=self._output, update=update)  # type: ignore[no-untyped-call]
        self._redrawn = time.monotonic()

    def _drawn(self) -> str:
        page = _page(file=StringIO(), width=WIDTH)
        with page.capture() as captured:
            page.print(self.get_renderable())
        return captured.get().rstrip()
