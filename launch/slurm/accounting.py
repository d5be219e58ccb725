"""What Slurm's accounting says of jobs that have left the queue, where there is accounting."""

import re
from collections.abc import Iterable, Mapping

from launch.slurm.command import SlurmError, call

ENDED = frozenset(
    [
        *("BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL"),
        *("OUT_OF_MEMORY", "PREEMPTED", "REVOKED", "TIMEOUT"),
    ]
)
"""States in which a job will not run again."""
INDEX = re.compile("[0-9]{1,9}")
"""An element of an array."""


class Accounting:
    """Asks sacct, at most once a look, and never again for a job that it knows to have ended.

    Accounting is optional in Slurm: once it has failed, it is not asked any more.
    """

    def __init__(self) -> None:
        self._works = True
        self._ended: dict[tuple[str, int], str] = {}

    def ask(self, jobs: Mapping[str, str]) -> None:
        """Look up the jobs with these ids and names."""
        known = {name for name, _ in self._ended}
        unknown = [job for job, name in jobs.items() if name not in known]
        if not unknown or not self._works:
            return
        try:
            text = call(
                "sacct",
                "--noheader",
                "--parsable2",
                "--allocations",
                "--format=JobID,State,JobName",
                f"--jobs={','.join(unknown)}",
            )
        except SlurmError:
            self._works = False
            return
        self._ended.update(parse_accounting(text, jobs))

    def end(self, name: str, index: int) -> str:
        """Give the state in which an element of a job ended; empty where that is not known."""
        return self._ended.get((name, index), "")


def parse_accounting(text: str, names: Mapping[str, str]) -> dict[tuple[str, int], str]:
    """Read sacct's lines: the end states of elements, by their job's name and their index.

    A line counts only where the job of that id has the expected name: ids are given out again
    after a crash of the controller, names are not.
    """
    found = {}
    for job, index, state, name in _rows(text.splitlines()):
        if names.get(job) == name and state in ENDED:
            found[name, index] = state
    return found


def _rows(lines: Iterable[str]) -> Iterable[tuple[str, int, str, str]]:
    for line in lines:
        element, _, rest = line.partition("|")
        state, _, name = rest.partition("|")
        job, _, index = element.partition("_")
        if not index or INDEX.fullmatch(index):  # else elements that wait: 123_[4-9]
            # "CANCELLED by 1000"
            yield job, int(index or 0), state.partition(" ")[0], name
