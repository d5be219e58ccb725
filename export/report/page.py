"""A report as one HTML file: it opens offline, and nothing in it is fetched or run."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from export.fragment import escape
from export.report.markup import facts, markup
from export.report.parts import Clip, Picture, Report, Section
from export.webpage import page
from export.writing import replacing

STYLE = Path(__file__).with_name("report.css")
# What stands side by side where there is room.
ROWS = {Picture: "figures", Clip: "clips"}


def draw(report: Report, path: Path) -> None:
    """Write a report as a page that needs nothing else.

    Raises ConfigError where the file cannot be written.
    """
    with replacing(path) as work:
        work.write_text(document(report), encoding="utf-8")


def document(report: Report) -> str:
    """Write the whole page."""
    places = {f"section-{i}": section for i, section in enumerate(report.sections, 1)}
    content = "\n".join(
        [
            f"<header><h1>{escape(report.title)}</h1>",
            f'<p class="purpose">{escape(report.purpose)}</p>',
            f"{facts(report.facts)}</header>",
            _navigation(places),
            *(_section(place, section) for place, section in places.items()),
        ]
    )
    return page(f"{report.title}: report", content, STYLE.read_text(encoding="utf-8"))


def _navigation(places: dict[str, Section]) -> str:
    links = (f'<a href="#{place}">{escape(s.title)}</a>' for place, s in places.items())
    return f"<nav>{' '.join(links)}</nav>"


def _section(place: str, section: Section) -> str:
    parts = "\n".join(_parts(section))
    return f'<section id="{place}">\n<h2>{escape(section.title)}</h2>\n{parts}\n</section>'


def _parts(section: Section) -> Iterator[str]:
    for kind, parts in groupby(section.parts, type):
        written = "\n".join(map(markup, parts))
        yield f'<div class="{ROWS[kind]}">\n{written}\n</div>' if kind in ROWS else written
