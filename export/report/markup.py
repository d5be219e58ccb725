"""Each part of a report as HTML; every text is shown, never run."""

import re
from base64 import b64encode
from functools import singledispatch
from html import escape as html_escape

from export.fragment import escape, fragment
from export.report.parts import Clip, Facts, Failure, Part, Picture
from export.table import Table

PIXELS = 106  # an inch of a figure: three columns of a journal fill the page
# Colours and moves of the cursor that a program wrote for a terminal.
TERMINAL_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def facts(found: Facts) -> str:
    """Write names and what is known of each."""
    lines = (f"<dt>{escape(name)}</dt><dd>{escape(told)}</dd>" for name, told in found)
    return f'<dl class="facts">{"".join(lines)}</dl>'


@singledispatch
def markup(part: Part) -> str:
    """Write one part; a text is a paragraph."""
    return f"<p>{escape(str(part))}</p>"


@markup.register
def _(table: Table) -> str:
    heading = f"<h3>{escape(table.title)}</h3>\n" if table.title else ""
    return heading + fragment(table)


@markup.register
def _(picture: Picture) -> str:
    caption = escape(picture.caption)
    source = _embedded(picture.image, picture.type)
    remarks = "".join(f"<small>{escape(remark)}</small>" for remark in picture.remarks)
    command = f"<code>{escape(picture.command)}</code>" if picture.command else ""
    return f"""<figure>
<img width="{picture.width * PIXELS:.0f}" alt="{caption}" src="{source}">
<figcaption>{caption}{remarks}{command}</figcaption>
</figure>"""


@markup.register
def _(failure: Failure) -> str:
    name, error = escape(failure.name), escape(failure.error)
    return f"""<details class="failure">
<summary><b>{name}</b> {escape(failure.state)}: {error}</summary>
{facts(failure.facts)}
<pre>{log(failure.tail)}</pre>
<p>All of it: <code>{escape(failure.command)}</code></p>
</details>"""


@markup.register
def _(clip: Clip) -> str:
    source = _embedded(clip.content, clip.type)
    name = escape(clip.name)
    player = f'<audio controls src="{source}"></audio>'
    shown = f'<img alt="{name}" src="{source}">' if clip.type.startswith("image/") else player
    caption = f"<figcaption>{escape(clip.label)}<small>{name}</small></figcaption>"
    return f"<figure>{shown}{caption}</figure>"


def log(text: str) -> str:
    """Write what a program wrote to a terminal as a reader of the terminal last saw it."""
    plain = TERMINAL_CODES.sub("", text).replace("\r\n", "\n")
    # A bar of progress writes over its line again and again: the last time counts.
    lines = (line.rpartition("\r")[2].expandtabs() for line in plain.split("\n"))
    return "\n".join("".join(c if c.isprintable() else "�" for c in html_escape(s)) for s in lines)


def _embedded(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{b64encode(content).decode()}"
