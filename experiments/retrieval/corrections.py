"""Corrections of captions, as a factor: what a published copy of Clotho changes in them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from core.errors import UnknownName
from experiments.retrieval.captioned import Caption, Captioned, Clips, plain


def correct(clips: Clips, corrections: str) -> Clips:
    """Correct all captions in the way named; raises UnknownName for another than these."""
    if corrections not in WAYS:
        raise UnknownName("way of correcting captions", corrections, WAYS)
    change = WAYS[corrections]
    return tuple(_corrected(clip, change) for clip in clips) if change else clips


def as_fork(text: str) -> str:
    """Write "echoes" for "echos", single spaces for several, and a doubled word once.

    British spelling stays. Words are compared without regard to case, and the first one stays.
    """
    text = re.sub(r"\b(echo)s\b", r"\1es", text, flags=re.IGNORECASE)
    text = re.sub(r" {2,}", " ", text)
    return re.sub(r"\b(\w+)(?: \1\b)+", r"\1", text, flags=re.IGNORECASE)


WAYS: Mapping[str, Callable[[str], str] | None] = {"none": None, "fork": as_fork}
"""Ways by name; with `none` captions stay as they are."""


def _corrected(clip: Captioned, change: Callable[[str], str]) -> Captioned:
    return replace(clip, captions=tuple(_changed(caption, change) for caption in clip.captions))


def _changed(caption: Caption, change: Callable[[str], str]) -> Caption:
    """Change a caption; one that needs it is made plain anew, where the table's own was by hand."""
    text = change(caption.text)
    return caption if text == caption.text else Caption(text, plain(text))
