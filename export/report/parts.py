"""What a report shows, before it is written in any format."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from export.table import Table

Facts: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Picture:
    """A figure: an image, what it shows, what was said while it was drawn.

    `command` is what draws it alone; `width` is in inches on paper.
    """

    image: bytes
    type: Literal["image/svg+xml", "image/png"]
    width: float
    caption: str
    command: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Failure:
    """A task that has no result: what became of it, the end of its log, how to see all of it."""

    name: str
    state: str
    error: str
    facts: Facts
    tail: str
    command: str


@dataclass(frozen=True)
class Clip:
    """A sound or a picture that a stage stored; `type` is as the web has it: `audio/wav`."""

    content: bytes
    type: str
    label: str
    name: str


# A paragraph is a text.
Part: TypeAlias = Table | Picture | Failure | Clip | str


@dataclass(frozen=True)
class Section:
    """Parts under a heading."""

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Report:
    """An experiment as it stands: what was asked, when and by what it was made, and sections."""

    title: str
    purpose: str
    facts: Facts
    sections: tuple[Section, ...]
