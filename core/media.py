"""Sounds and pictures that a stage stores, to be heard and seen in a report."""

from dataclasses import dataclass
from pathlib import PurePath

from core.errors import PlanError

# What browsers play and show, by suffix.
TYPES = {
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
    ".mp3": "audio/mpeg",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class Media:
    """Files of one kind that a stage leaves in its record's folder.

    Parameters
    ----------
    stage:
        The stage that stores them.
    pattern:
        Which files, within the folder: `*.wav`, `estimates/*.flac`, `spectrograms/*.png`.
    title:
        What they are, for a heading; the pattern where it is empty.
    """

    stage: str
    pattern: str = "*.wav"
    title: str = ""

    def __post_init__(self) -> None:
        path = PurePath(self.pattern)
        if path.is_absolute() or ".." in path.parts:
            raise PlanError(f"media {self.pattern!r}: write a pattern within the record's folder")
        if path.suffix.lower() not in TYPES:
            raise PlanError(
                f"media {self.pattern!r}: its end must say what the files are, "
                f"as *.wav does; known: {', '.join(TYPES)}"
            )

    @property
    def type(self) -> str:
        """What the files are, as the web has it: `audio/wav`."""
        return TYPES[PurePath(self.pattern).suffix.lower()]
