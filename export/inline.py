"""A table as HTML inside another page: in a notebook's output, whatever its theme."""

from pathlib import Path

from export.fragment import escape, fragment
from export.table import Table

STYLE = Path(__file__).with_suffix(".css")


def html(table: Table) -> str:
    """Write a table with its title, and with rules of style that touch nothing else.

    Without them, as where a site shows notebooks but strips styles, it reads as well.
    """
    style = STYLE.read_text(encoding="utf-8")
    title = f"<p><b>{escape(table.title)}</b></p>" if table.title else ""
    inside = f"<style>\n{style}</style>\n{title}\n{fragment(table)}"
    return f'<div class="sonoplan-table">\n{inside}\n</div>'
