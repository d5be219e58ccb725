"""Clips with captions: what both corpora are read as, and what is checked of them."""

import string
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, TypeAlias

from core import Finding, Inspection
from core.errors import DataError
from experiments.common.corpora import Survey
from experiments.common.problems import noted, refuse, some
from experiments.retrieval.sounds import seconds_of_sound

SPLITS = ("development", "validation", "evaluation")
"""Parts of a corpus, in the order in which they are read."""

_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


class Caption(NamedTuple):
    """A caption as it was written; `plain` is lower case without punctuation, to count words."""

    text: str
    plain: str


class Line(NamedTuple):
    """A caption in its table: its place, for messages, the name of its sound, and what it says."""

    where: str
    fname: str
    caption: Caption


@dataclass(frozen=True)
class Captioned:
    """A clip and its captions.

    Attributes
    ----------
    split:
        One of SPLITS.
    fname:
        Name of its file in the corpus, without spaces around it.
    captions:
        In the order of the table.
    path:
        Its sound; None where there are captions alone.
    """

    split: str
    fname: str
    captions: tuple[Caption, ...]
    path: Path | None = None


Clips: TypeAlias = tuple[Captioned, ...]


def plain(text: str) -> str:
    """Give a text in lower case, without punctuation, with single spaces."""
    return " ".join(text.lower().translate(_NO_PUNCTUATION).split())


def gather_lines(split: str, lines: Iterable[Line], count: int) -> list[Captioned]:
    """Gather the clips of a table in its order.

    Raises DataError, which names rows and clips, where a name or a caption is empty, and where a
    clip has not the `count` captions that it must have.
    """
    problems: list[str] = []
    captions: dict[str, list[Caption]] = {}
    table = ""
    for where, fname, caption in lines:
        table = where.rpartition(",")[0]
        with noted(problems):
            _check(where, fname, caption)
            captions.setdefault(fname, []).append(caption)
    refuse(problems)
    wrong = [f"{fname} ({len(found)})" for fname, found in captions.items() if len(found) != count]
    if wrong:
        raise DataError(
            f"{table}: clips whose captions are not {count} (but so many): {some(wrong)}"
        )
    return [Captioned(split, fname, tuple(found)) for fname, found in captions.items()]


def spaced(names: Iterable[str]) -> list[str]:
    """Remark on names that begin or end with spaces."""
    found = sorted({name for name in names if name != name.strip()})
    listed = some([repr(name) for name in found])
    return [f"names with spaces around them, read without: {listed}"] if found else []


def count_clips(clips: Clips, expected: Mapping[str, int]) -> Iterator[Finding]:
    """Count clips and captions by split."""
    found = Counter(clip.split for clip in clips)
    captions = Counter(clip.split for clip in clips for _ in clip.captions)
    for split in SPLITS:
        yield Finding(f"{split} clips", found[split], expected.get(split))
        yield Finding(f"{split} captions", captions[split])


def inspect_sounds(survey: Survey[Clips]) -> Inspection:
    """Look into each sound as well, and tell how long they are together."""
    told = survey.inspection
    problems = list(told.problems)
    seconds = 0.0
    for clip in survey.corpus or ():
        if clip.path:
            with noted(problems):
                seconds += seconds_of_sound(clip.path)
    findings: Sequence[Finding] = told.findings
    if survey.corpus:
        findings = [*findings, Finding("hours", round(seconds / 3600, 2))]
    return replace(told, findings=findings, problems=problems)


def _check(where: str, fname: str, caption: Caption) -> None:
    if not fname:
        raise DataError(f"{where}: the name of the sound is empty")
    if not caption.text.strip():
        raise DataError(f"{where}: a caption of {fname} is empty")
