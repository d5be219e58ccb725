"""Corpora in a folder of the user: their clips, and what is found and wrong with them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from core import Finding, Inspection
from experiments.common.problems import refuse, some

Corpus = TypeVar("Corpus")


@dataclass(frozen=True)
class Clip:
    """A sound file and how long it is."""

    path: Path
    seconds: float

    @property
    def name(self) -> str:
        """The file's name without ending."""
        return self.path.stem


@dataclass(frozen=True)
class Survey(Generic[Corpus]):
    """What a folder holds as far as it can be read; `corpus` is None where nothing of it can."""

    corpus: Corpus | None
    inspection: Inspection

    def sound(self, way_on: str = "") -> Corpus:
        """Give the corpus; raises DataError, with what to do, where there is a problem with it."""
        refuse(self.inspection.problems, way_on)
        assert self.corpus is not None, "what cannot be read is a problem"
        return self.corpus


def judge(
    corpus: Corpus,
    findings: Sequence[Finding],
    problems: Sequence[str],
    listed: Collection[str],
    sounds: Collection[str],
    part: bool,
    remarks: Sequence[str] = (),
) -> Survey[Corpus]:
    """Sum up what was found of a corpus.

    What its table lists, `listed`, and is not among the `sounds` is worth knowing of a part. The
    whole corpus is not whole without it, nor where a finding differs from what is expected.
    """
    absent = sorted(set(listed) - set(sounds))
    if len(absent) == len(set(listed)):
        problems = [*problems, f"none of the {len(absent)} sounds of the table is there"]
        return Survey(corpus, Inspection(findings, remarks, problems))
    told = [f"of the table without a sound: {some(absent)}"] if absent else []
    if part:
        return Survey(corpus, Inspection(findings, [*remarks, *told], problems))
    differences = [f"{f.what} {f.found} instead of {f.expected}" for f in findings if f.differs]
    return Survey(corpus, Inspection(findings, remarks, [*problems, *told, *differences]))
