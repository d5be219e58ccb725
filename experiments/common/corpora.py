"""Corpora in a folder of the user: their clips, and what is found and wrong with them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Generic, ParamSpec, TypeVar

from core import Finding, Inputs, Inspection
from core.errors import DataError
from experiments.common.problems import noted, refuse, some
from experiments.common.sound_files import seconds_of

CORPUS = "corpus"
"""The folder of a synthetic corpus in the record of the stage that writes it."""

Corpus = TypeVar("Corpus")
AnyClip = TypeVar("AnyClip", bound="Clip")
Look = ParamSpec("Look")


def corpus_folder(inputs: Inputs, stage: str) -> Path:
    """Find the corpus to read: the synthetic one that a stage has written, or else the user's."""
    folder = inputs[stage].folder / CORPUS if stage in inputs else inputs.data
    assert folder is not None, "the stage declares its data"
    return folder


@dataclass(frozen=True)
class Clip:
    """A sound file and how long it is."""

    path: Path
    seconds: float

    @property
    def name(self) -> str:
        """The file's name without ending."""
        return self.path.stem


def measured(path: Path) -> Clip:
    """Measure a sound file; raises DataError where it is damaged, cut short or empty."""
    return Clip(path, seconds_of(path))


def read_clips(
    stems: Iterable[str],
    sounds: Mapping[str, Path],
    read: Callable[[Path], AnyClip],
    problems: list[str],
) -> dict[str, AnyClip]:
    """Read the sounds that are there of those in a table, in its order, by name without ending.

    Those of which `read` raises DataError are left out, and what it says is noted.
    """
    clips: dict[str, AnyClip] = {}
    for stem in stems:
        if stem in sounds:
            with noted(problems):
                clips[stem] = read(sounds[stem])
    return clips


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


def surveying(look: Callable[Look, Survey[Corpus]]) -> Callable[Look, Survey[Corpus]]:
    """Have a look at a folder that is ended by a DataError tell that as the one problem found."""

    @wraps(look)
    def survey(*args: Look.args, **kwargs: Look.kwargs) -> Survey[Corpus]:
        try:
            return look(*args, **kwargs)
        except DataError as error:
            return Survey(None, Inspection(problems=[str(error)]))

    return survey


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
