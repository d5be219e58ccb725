"""Tables and figures that a notebook shows by themselves, and that can be written to files."""

from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from core.selection import Selection
from launch import figures, tables
from launch.target import DPI
from launch.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from export.table import Table

# At this size letters of figures are as large as those of the notebook.
PIXELS_PER_INCH = 120


class ShownTable:
    """A table: HTML in a notebook, text in a terminal, and numbers.

    `value` is the table as every format draws it.
    """

    def __init__(self, value: "Table", workspace: Workspace, selection: Selection) -> None:
        self.value = value
        self._workspace = workspace
        self._selection = selection

    def save(self, name: str | Path, dpi: int = DPI) -> list[Path]:
        """Write it as `-e` does: by the suffix, without one in every format; gives the files.

        A name without a folder goes to the export folder of the results. Raises UnknownName for
        another suffix, ConfigError where a file cannot be written.
        """
        drawn = tables.Drawn({"": self.value})
        return tables.export(drawn, self._workspace, self._selection, str(name), dpi)

    def frame(self) -> "pd.DataFrame":
        """Give mean, std and n of each metric, in the order and the units of the table.

        The factors of its columns are the index, where those of a setting without one are missing;
        columns are (metric, statistic), with the factors of a pivot between. With published rows
        the index says first whose each row is, and there are `difference` (ours less theirs) and
        `p`. `attrs` has the `title`, the `constants` of the caption, and the metrics' `units`.
        """
        from launch.notebook.frames import frame_of_table

        return frame_of_table(self.value)

    def _repr_html_(self) -> str:
        from export.inline import html

        return html(self.value)

    def __repr__(self) -> str:
        from export.terminal import draw

        console = Console(file=StringIO(), force_jupyter=False, force_terminal=False)
        with console.capture() as captured:
            console.print(draw(self.value))
        return captured.get().rstrip("\n")


class ShownFigure:
    """A figure: a picture in a notebook; `figure` is matplotlib's, to be changed at will."""

    def __init__(self, figure: "Figure", written: str, workspace: Workspace) -> None:
        self.figure = figure
        self._written = written
        self._workspace = workspace

    def save(self, name: str | Path = "", dpi: int = DPI) -> Path:
        """Write it as `-e` does, as pdf, svg or png; gives the file.

        A name without a folder goes to the export folder of the results; without a name it is
        called like the figure. Raises UnknownName for another suffix, ConfigError where the file
        cannot be written.
        """
        return figures.save(self.figure, self._workspace, self._written, str(name), dpi)

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        from export.figures.style import png

        width, height = (
            round(PIXELS_PER_INCH * inches) for inches in self.figure.get_size_inches()
        )
        return png(self.figure, DPI), {"width": width, "height": height}

    def __repr__(self) -> str:
        return f"figure {self._written} of {self._workspace.experiment.name}"
