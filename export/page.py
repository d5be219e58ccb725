"""A table as a page of a paper: text and rules at their places, in points from the top left."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from export.glyphs import Style, width
from export.grid import Grid, Strip, lay_out
from export.ruler import Role, Ruler
from export.table import Table
from export.wrap import wrap

BODY = 10.0
STYLES: dict[Role, Style] = {
    "head": Style(BODY, weight="bold"),
    "text": Style(BODY),
    "best": Style(BODY, weight="bold"),
    "close": Style(BODY),
    "std": Style(BODY),
    "count": Style(7.5, grey=0.35),
    "mark": Style(7, rise=3.4),
    "absent": Style(BODY, grey=0.5),
    "state": Style(BODY, grey=0.35),
    "label": Style(BODY, slant="italic"),
}
TITLE = Style(11, weight="bold")
CAPTION = Style(9)
NOTE = Style(8.5)
RULER = Ruler(
    width=lambda text, role: width(text, STYLES[role]),
    sign="\u2009±\u2009",
    gap=16,
    wide=130,
    head=78,
)
MARGIN = 14.0
READABLE = 340.0  # a narrow table's caption and notes are wrapped at this width
LEADING = 1.3
THICK, THIN, LIGHT = 1.0, 0.6, 0.35
UNDERLINE, DROP = 0.5, 1.8  # its weight, and its distance from the base line
# Between a rule and the text above or below it, and between rows.
SPACE, BETWEEN = 3.6, 2.2


@dataclass(frozen=True)
class Run:
    """A text on its base line."""

    x: float
    y: float
    text: str
    style: Style


@dataclass(frozen=True)
class Rule:
    """A horizontal line."""

    x: float
    y: float
    length: float
    weight: float


@dataclass
class Page:
    """What is drawn, and how large the paper is."""

    width: float
    height: float = MARGIN
    runs: list[Run] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)

    def paragraph(self, text: str, style: Style, x: float, room: float) -> None:
        """Add wrapped text below what is there."""
        for line in wrap(text, room, lambda part: width(part, style)):
            self.line([Run(x, 0, line, style)], style.size)

    def line(self, runs: Sequence[Run], size: float) -> None:
        """Add one line of text, its runs placed in x only."""
        base = self.height + size
        self.runs += [Run(run.x, base - run.style.rise, run.text, run.style) for run in runs]
        self.height += LEADING * size

    def underline(self, x: float, length: float, size: float) -> None:
        """Add a rule below the line of text that was added last."""
        base = self.height - (LEADING - 1) * size
        self.rules.append(Rule(x, base + DROP, length, UNDERLINE))

    def rule(self, x: float, length: float, weight: float) -> None:
        """Add a rule with the space around it."""
        self.rules_beside([(x, length)], weight, SPACE)

    def rules_beside(
        self, places: Sequence[tuple[float, float]], weight: float, space: float
    ) -> None:
        """Add rules at the same height, from an x on so long, with the space around them."""
        self.height += space
        self.rules += [Rule(x, self.height, length, weight) for x, length in places]
        self.height += space


def compose(table: Table) -> Page:
    """Set a table on a page that is as large as it needs: caption above, notes below."""
    grid = lay_out(table, RULER)[0]
    texts = [(table.title, TITLE), (table.caption, CAPTION)]
    wanted = [*texts, *((f"{note.mark}  {note.text}", NOTE) for note in table.notes)]
    widest = max(width(text, style) for text, style in wanted)
    room = max(grid.width, min(READABLE, widest))
    page = Page(room + 2 * MARGIN)
    for text, style in texts:
        if text:
            page.paragraph(text, style, MARGIN, room)
    _set_grid(page, grid, MARGIN)
    for note in table.notes:
        page.paragraph(str(note), NOTE, MARGIN, room)
    page.height += MARGIN
    return page


def _set_grid(page: Page, grid: Grid, x: float) -> None:
    page.rule(x, grid.width, THICK)
    for heads in grid.above:
        _set_strip(page, heads.strip, x)
        places = [(x + start, length) for start, length in heads.rules]
        page.rules_beside(places, LIGHT, SPACE / 4)
    _set_strip(page, grid.head, x)
    page.rule(x, grid.width, THIN)
    for place, group in enumerate(grid.groups):
        if place:
            page.rule(x, grid.width, LIGHT)
        for strip in group:
            _set_strip(page, strip, x)
    page.rule(x, grid.width, THICK)


def _set_strip(page: Page, strip: Strip, x: float) -> None:
    page.height += BETWEEN / 2
    for pieces in strip.lines:
        page.line([Run(x + p.x, 0, p.text, STYLES[p.role]) for p in pieces], BODY)
        for piece in pieces:
            if piece.role == "close":
                page.underline(x + piece.x, width(piece.text, STYLES["close"]), BODY)
    page.height += BETWEEN / 2
