"""Tables as commands show them in the terminal: a line below the heads, and no other."""

from collections.abc import Collection

from rich.box import SIMPLE_HEAD
from rich.table import Table


def headed(*titles: str, right: Collection[str] = (), whole: Collection[str] = ()) -> Table:
    """Make a table without rows.

    Columns in `right` hold numbers; those in `whole` are never broken into lines, as the others
    are where they do not fit.
    """
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for title in titles:
        table.add_column(
            title,
            justify="right" if title in right else "left",
            overflow="fold",
            no_wrap=title in whole,
        )
    return table
