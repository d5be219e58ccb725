"""A dataset in a folder of the user: what it is, how it is inspected, where it is downloaded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from core.dotted import find_function
from core.errors import PlanError

StepProgress: TypeAlias = Callable[[str, int, int], None]
"""Told of a step in words, bytes done and bytes in all, 0 while their number is not known."""
Value: TypeAlias = int | float | str
"""What is found in a folder: a count, a measure, or a few words."""


@dataclass(frozen=True)
class Finding:
    """One thing found in a folder; `expected` is None where nothing particular is."""

    what: str
    found: Value
    expected: Value | None = None

    @property
    def differs(self) -> bool:
        """Tell whether something else was expected."""
        return self.expected is not None and self.found != self.expected


@dataclass(frozen=True)
class Inspection:
    """What a folder holds; remarks are worth knowing, problems make the dataset unusable."""

    findings: Sequence[Finding] = ()
    remarks: Sequence[str] = ()
    problems: Sequence[str] = ()

    @property
    def whole(self) -> bool:
        """Tell whether the folder is the dataset it is said to be."""
        return not self.problems


@dataclass(frozen=True)
class Dataset:
    """What an experiment declares of a folder of the user.

    Parameters
    ----------
    about:
        One line for people.
    inspect:
        Dotted path of the function that looks at a folder, `function(folder) -> Inspection`.
        Without one, only that the folder is there can be told.
    fetch:
        Dotted path of the function that downloads the dataset, `function(folder, progress)`.
        It leaves the folder whole or absent, and goes on from where an earlier call stopped.
    """

    about: str
    inspect: str = ""
    fetch: str = ""

    def __post_init__(self) -> None:
        for dotted in (self.inspect, self.fetch):
            if dotted and ":" not in dotted:
                raise PlanError(f"dataset function {dotted!r}: write package.module:function")

    def inspected(self, folder: Path) -> Inspection:
        """Look at a folder; raises core.errors.DataError where there is none."""
        if not self.inspect:
            return Inspection(remarks=("nothing but the folder itself was looked at",))
        found: Inspection = find_function(self.inspect)(folder)
        return found

    def download(self, folder: Path, progress: StepProgress) -> None:
        """Download the dataset into a folder that is not there yet, or empty."""
        find_function(self.fetch)(folder, progress)
