"""How one thing stands on this machine, and how a look at it is kept from hiding the others."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from core.errors import SonoplanError

State: TypeAlias = Literal["ok", "missing", "problem"]


@dataclass(frozen=True)
class Check:
    """How one thing stands.

    Attributes
    ----------
    state:
        "missing" is what is not there and need not be; a "problem" is in the way of somebody.
    told:
        What was found, in a line.
    do:
        The command that mends a problem, brings what is missing, or uses what is there.
    """

    name: str
    state: State
    told: str
    do: str = ""


Findings: TypeAlias = Mapping[str, Sequence[Check]]
"""The checks of each group."""


def isolated(name: str, look: Callable[[], Iterable[Check]]) -> list[Check]:
    """Take a look; where it fails that is a problem, beside what it found before."""
    found: list[Check] = []
    try:
        found.extend(look())
    except Exception as error:  # whatever is wrong with this machine concerns this look alone
        found.append(failed(name, error))
    return found


def failed(name: str, error: Exception) -> Check:
    """Make a problem of an error."""
    kind = "" if isinstance(error, SonoplanError) else f"{type(error).__name__}: "
    return Check(name, "problem", f"{kind}{error}")
